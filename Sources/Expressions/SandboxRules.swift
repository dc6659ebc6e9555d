import CSQLite

/// What an expression may do: compute. No table but `json_each` and `json_tree`, no statement but SELECT, no recursion.
enum SandboxRules {
    /// Functions without side effects, and whose cost the limits bound.
    static let functions: Set<String> = [
        "->", "->>", "abs", "avg", "coalesce", "count", "date", "datetime", "glob", "group_concat", "hex", "ifnull",
        "iif", "in_network", "instr", "json", "json_array", "json_array_length", "json_extract", "json_group_array",
        "json_group_object", "json_insert", "json_object", "json_patch", "json_quote", "json_remove", "json_replace",
        "json_set", "json_type", "json_valid", "length", "like", "lower", "ltrim", "max", "min", "nullif", "replace",
        "round", "rtrim", "sign", "strftime", "substr", "substring", "sum", "time", "total", "trim", "typeof",
        "unicode", "unixepoch", "upper",
    ]

    /// `documents` is the row of the four documents. There are no other tables of these names to be reached.
    static let tables: Set<String> = ["json_each", "json_tree", "documents"]

    /// In bytes: of any value, since the progress handler can't interrupt a function.
    static let valueLimit: Int32 = 64 * 1024
    /// In bytes: of an expression.
    static let textLimit = 4 * 1024
    /// Virtual-machine steps of one evaluation.
    static let steps: Int32 = 50_000
    /// Each step may be a slow function, so the clock is looked at after a few.
    static let stepsBetweenLooks: Int32 = 50
    /// Of one evaluation.
    static let seconds = 0.25

    /// The number of a limit, and the most that it allows.
    static let limits: [(Int32, Int32)] = [
        (SQLITE_LIMIT_LENGTH, valueLimit), (SQLITE_LIMIT_SQL_LENGTH, Int32(textLimit) + 512),
        (SQLITE_LIMIT_EXPR_DEPTH, 100), (SQLITE_LIMIT_COMPOUND_SELECT, 5), (SQLITE_LIMIT_VDBE_OP, 10_000),
        (SQLITE_LIMIT_FUNCTION_ARG, 32), (SQLITE_LIMIT_ATTACHED, 0), (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 128),
        (SQLITE_LIMIT_VARIABLE_NUMBER, 4), (SQLITE_LIMIT_TRIGGER_DEPTH, 0), (SQLITE_LIMIT_WORKER_THREADS, 0),
        (SQLITE_LIMIT_COLUMN, 32),
    ]

    /// Nil if it may be done, else what may not.
    static func objection(to action: Int32, _ first: String?, _ second: String?) -> String? {
        switch action {
        case SQLITE_SELECT: return nil
        case SQLITE_FUNCTION:
            let name = second ?? ""
            return functions.contains(name) ? nil : "the function \(name)"
        case SQLITE_READ:
            let name = first ?? ""
            return tables.contains(name) ? nil : "the table \(name)"
        case SQLITE_RECURSIVE: return "recursion"
        default: return "anything but SELECT and functions"
        }
    }
}
