/// How long ago a sign-in may be, in seconds (OpenID Connect Core §3.1.2.1, `max_age`; Registration §2, `default_max_age`).
package enum MaxAge {
    /// Ten digits: more is a mistake, such as a time in milliseconds.
    package static let longest: Int64 = 9_999_999_999
}
