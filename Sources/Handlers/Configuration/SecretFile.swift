import FoundationEssentials

/// A file that holds a secret, readable by its owner alone.
struct SecretFile {
    /// How a path may begin that systemd hands over (`LoadCredential=`).
    static let credentialsPrefix = "${CREDENTIALS_DIRECTORY}/"

    private let file: String
    /// What it is called in faults.
    private let noun: String
    /// What is said where it isn't there.
    private let absence: String
    private let credentials: String?

    init(_ file: String, noun: String, absence: String, _ credentials: String?) {
        self.file = file
        self.noun = noun
        self.absence = absence
        self.credentials = credentials
    }

    init(_ file: String, noun: String, environment: [String: String]) {
        self.init(file, noun: noun, absence: "is not there", Self.credentials(environment))
    }

    static func credentials(_ environment: [String: String]) -> String? {
        environment["CREDENTIALS_DIRECTORY"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// As it is on this machine.
    func path() throws(KeyFileFault) -> String {
        guard let resolved else {
            throw fault(
                "is a systemd credential, but CREDENTIALS_DIRECTORY is not set; run this by systemd with LoadCredential="
            )
        }
        return resolved
    }

    /// Nil for a credential, where there are none.
    private var resolved: String? {
        guard file.hasPrefix(Self.credentialsPrefix) else { return file }
        return credentials.map { AbsolutePath.of(String(file.dropFirst(Self.credentialsPrefix.count)), in: $0) }
    }

    func read() throws(KeyFileFault) -> [UInt8] {
        let path = try path()
        try refuseLoosePermissions(path)
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: path, directoryHint: .notDirectory)))
        } catch {
            throw fault("can't be read; its owner must be the user that runs this")
        }
    }

    func fault(_ text: String) -> KeyFileFault { KeyFileFault(noun, resolved ?? file, text) }

    /// A secret that others can read is none. systemd guards its credentials by the folder they are in.
    private func refuseLoosePermissions(_ path: String) throws(KeyFileFault) {
        if let credentials, path.hasPrefix(AbsolutePath.of(credentials, in: "/") + "/") { return }
        // The link's own permissions say nothing.
        let target = URL(filePath: path, directoryHint: .notDirectory).resolvingSymlinksInPath().path(
            percentEncoded: false)
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: target) else { throw fault(absence) }
        guard attributes[.type] as? FileAttributeType == .typeRegular else { throw fault("is not a file") }
        // Foundation says Int where it is loaded, FoundationEssentials alone UInt.
        let permissions = attributes[.posixPermissions]
        guard let mode = (permissions as? UInt) ?? (permissions as? Int).map({ UInt($0) }), mode & 0o077 == 0 else {
            throw fault("can be read by others than its owner; run: chmod 600 \(path)")
        }
    }
}
