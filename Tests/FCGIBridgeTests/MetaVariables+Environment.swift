@testable import FCGIBridge

extension MetaVariables {
    /// As libfcgi hands them over: C strings.
    init(environmentOf entries: [[UInt8]]) {
        var storage = entries.map { ($0 + [0]).map { CChar(bitPattern: $0) } }
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe []
        for index in storage.indices {
            let count = storage[index].count
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: count)
            unsafe copy.initialize(from: &storage[index], count: count)
            unsafe pointers.append(copy)
        }
        unsafe pointers.append(nil)
        unsafe self.init(environment: &pointers)
        for index in entries.indices { unsafe pointers[index]?.deallocate() }
    }
}
