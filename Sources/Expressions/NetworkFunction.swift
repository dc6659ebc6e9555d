import CSQLite
import Networks

/// `in_network(ADDRESS, NETWORK)`: 1 if the address lies in it, 0 if not, NULL if either is none, so that whatever is
/// mistyped or missing decides for nothing, behind a NOT as well.
enum NetworkFunction {
    static func register(in connection: OpaquePointer) -> Bool {
        let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS
        let code = unsafe sqlite3_create_function_v2(
            connection, "in_network", 2, flags, nil,
            { context, _, arguments in
                guard let arguments = unsafe arguments,
                    let address = unsafe NetworkFunction.text(arguments[0]).flatMap(IPAddress.init),
                    let network = unsafe NetworkFunction.text(arguments[1]).flatMap(AddressRange.init)
                else { return unsafe sqlite3_result_null(context) }
                unsafe sqlite3_result_int(context, network.contains(address.unmapped.bytes) ? 1 : 0)
            }, nil, nil, nil)
        return code == SQLITE_OK
    }

    private static func text(_ value: OpaquePointer?) -> String? {
        guard unsafe sqlite3_value_type(value) == SQLITE_TEXT, let start = unsafe sqlite3_value_text(value) else {
            return nil
        }
        return unsafe String(cString: start)
    }
}
