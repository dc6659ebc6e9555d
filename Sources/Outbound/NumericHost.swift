import Glibc

/// A host that is an address, in any of the ways in which resolvers take one: `127.1` and `2130706433` are 127.0.0.1.
struct NumericHost {
    /// Four bytes or sixteen.
    let address: [UInt8]

    /// Nil for a name.
    init?(_ host: String) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICHOST
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, nil, &hints, &found) == 0, let found = unsafe found else { return nil }
        defer { unsafe freeaddrinfo(found) }
        guard let socketAddress = unsafe found.pointee.ai_addr else { return nil }
        switch unsafe found.pointee.ai_family {
        case AF_INET:
            address = unsafe socketAddress.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { pointer in
                unsafe withUnsafeBytes(of: pointer.pointee.sin_addr) { unsafe Array($0) }
            }
        case AF_INET6:
            address = unsafe socketAddress.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { pointer in
                unsafe withUnsafeBytes(of: pointer.pointee.sin6_addr) { unsafe Array($0) }
            }
        default: return nil
        }
    }
}
