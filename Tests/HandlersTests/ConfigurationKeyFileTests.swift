import FoundationEssentials
import Handlers
import JOSE
import OIDCLogic
import Testing

@Suite struct ConfigurationKeyFileTests {
    private let folder: TemporaryFolder
    private let configuration: Configuration

    init() throws {
        folder = try TemporaryFolder()
        configuration = try Configuration(
            parsing: ConfigurationFixture.minimal, file: folder.file("postern.yaml"), environment: [:])
        for name in ["state.key", "signing.key"] { try write(name, mode: 0o600) }
    }

    private func write(_ name: String, mode: Int, _ text: String = KeyFile(current: .generate()).text()) throws {
        try folder.write(text, to: name)
        try chmod(name, mode)
    }

    private func chmod(_ name: String, _ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: UInt(mode)], ofItemAtPath: folder.file(name))
    }

    private func fault(_ configuration: Configuration? = nil, _ environment: [String: String] = [:]) -> String? {
        do throws(KeyFileFault) {
            _ = try KeyFiles(configuration ?? self.configuration, environment: environment).keys(signing: true)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `a pool that doesn't sign never reads signing.key`() throws {
        try FileManager.default.removeItem(atPath: folder.file("signing.key"))
        let keys = try KeyFiles(configuration, environment: [:]).keys(signing: false)
        #expect(keys.signing == nil)
        #expect(fault()?.hasSuffix("signing.key is not there; \"postern init\" makes it") == true)
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o601])
    func `a key that others could read is refused`(mode: Int) throws {
        #expect(fault() == nil)
        try chmod("state.key", mode)
        #expect(fault()?.contains("can be read by others than its owner; run: chmod 600") == true)
    }

    @Test func `a link to a key counts by what it points to`() throws {
        try FileManager.default.moveItem(atPath: folder.file("state.key"), toPath: folder.file("real.key"))
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("state.key"), withDestinationPath: folder.file("real.key"))
        #expect(fault() == nil)
        try chmod("real.key", 0o644)
        #expect(fault()?.contains("can be read by others") == true)
    }

    @Test(arguments: ["", "nonsense", "postern-key-v1 AAAA\n"])
    func `a file that holds no key is refused, and nothing of it is said`(text: String) throws {
        try write("state.key", mode: 0o600, text)
        let said = try #require(fault())
        #expect(said.contains("is no key file"))
        #expect(!said.contains("AAAA") && !said.contains("nonsense"))
    }

    @Test func `a systemd credential is found by its directory, which guards it`() throws {
        let configuration = try Configuration(
            parsing: ConfigurationFixture.minimal
                + "keys: { state: '${CREDENTIALS_DIRECTORY}/state.key', signing: '${CREDENTIALS_DIRECTORY}/signing.key' }\n",
            file: "/etc/postern/postern.yaml")
        try chmod("state.key", 0o440)
        #expect(fault(configuration, ["CREDENTIALS_DIRECTORY": folder.path]) == nil)
        #expect(fault(configuration)?.contains("CREDENTIALS_DIRECTORY is not set") == true)
    }
}
