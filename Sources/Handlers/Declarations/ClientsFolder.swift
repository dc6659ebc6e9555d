import FoundationEssentials

/// `clients.d`, whose files declare clients and what goes with them. Pools don't read it: what it declares is in the store.
struct ClientsFolder: Sendable {
    let path: String
    /// The configuration names it, so it must be there.
    private let isNamed: Bool
    /// That of the configuration.
    private let configurationFolder: String

    init(_ root: ConfigurationSection, folder: String) {
        let named = root.optionalPath("clients_folder", in: folder)
        isNamed = named != nil
        path = named ?? AbsolutePath.of("clients.d", in: folder)
        configurationFolder = folder
    }

    /// Of all files whose names end in `.yaml` or `.yml`, in order of their names. Names that begin with a dot, and folders
    /// within, are passed over: editors and Kubernetes put there what is not meant.
    func declarations(_ reading: ConfigurationReading) -> Declarations {
        var declarations = Declarations()
        for name in names(reading).sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            let file = path + "/" + name
            let label = AbsolutePath.name(of: file, in: configurationFolder)
            // As the administrator called the configuration, so that the path in a fault can be opened.
            let slash = reading.file.utf8.lastIndex(of: UInt8(ascii: "/"))
            let prefix = slash.map { String(reading.file[...$0]) } ?? ""
            let called = label.utf8.first == UInt8(ascii: "/") ? label : prefix + label
            let other = reading.beside(called)
            let place = DeclaringFile(name: label, calledAs: called, folder: configurationFolder)
            guard let text = text(of: file, other), let root = other.root(of: text) else { continue }
            let claims = root.section("claims")
            declarations.append(DeclarationReading(root, claims: claims, in: place).declarations)
            claims.refuseUnknown()
            root.refuseUnknown()
        }
        return declarations
    }

    var isThere: Bool { FileManager.default.fileExists(atPath: path) }

    /// Whether that file, as the store names it, lies here.
    func holds(_ file: String) -> Bool {
        let name = AbsolutePath.name(of: path, in: configurationFolder)
        return file.utf8.starts(with: (name + "/").utf8)
    }

    private func names(_ reading: ConfigurationReading) -> [String] {
        do {
            let entries = try FileManager.default.contentsOfDirectory(atPath: path)
            return entries.filter { name in
                !name.hasPrefix(".") && (name.hasSuffix(".yaml") || name.hasSuffix(".yml")) && !isFolder(name)
            }
        } catch {
            // Nobody is told that a folder is empty that they never named.
            if isThere || isNamed {
                let text = isThere ? "can't be read; look at its permissions" : "is not there"
                reading.fault("the folder of declared clients, \(path), \(text)", line: nil)
            }
            return []
        }
    }

    private func isFolder(_ name: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path + "/" + name)
        return attributes?[.type] as? FileAttributeType == .typeDirectory
    }

    private func text(of file: String, _ reading: ConfigurationReading) -> String? {
        guard let data = try? Data(contentsOf: URL(filePath: file, directoryHint: .notDirectory)) else {
            reading.fault("can't be read; look at its permissions", line: nil)
            return nil
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            reading.fault("is not UTF-8", line: nil)
            return nil
        }
        return text
    }
}
