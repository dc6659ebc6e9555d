/// Paths as text: what a relative one means is said by a folder, never by the process.
package enum AbsolutePath {
    /// `path` itself if it is absolute, else the one it means in `folder`. `.` and `..` are taken out of it.
    package static func of(_ path: String, in folder: String) -> String {
        let whole = path.utf8.first == UInt8(ascii: "/") ? path : folder + "/" + path
        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The folder that `path`, which is absolute, lies in.
    package static func folder(of path: String) -> String {
        let parts = path.split(separator: "/").dropLast()
        return "/" + parts.joined(separator: "/")
    }

    /// The last part of `path`.
    static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }

    /// What `path`, which is absolute, is called in `folder`: a relative path if it lies there, else itself.
    static func name(of path: String, in folder: String) -> String {
        let prefix = folder == "/" ? "/" : folder + "/"
        guard path.utf8.starts(with: prefix.utf8) else { return path }
        return String(decoding: path.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }
}

extension ConfigurationSection {
    func path(_ key: String, default fallback: String, in folder: String) -> String {
        optionalPath(key, in: folder) ?? AbsolutePath.of(fallback, in: folder)
    }

    func optionalPath(_ key: String, in folder: String) -> String? {
        guard let value = value(key) else { return nil }
        guard !value.text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }), value.text.utf8.count <= 4000 else {
            fault(key, value, "must be a path without control characters")
            return nil
        }
        // It is known only where the service runs: see SecretFile.
        if value.text.hasPrefix(SecretFile.credentialsPrefix) { return value.text }
        return AbsolutePath.of(value.text, in: folder)
    }
}
