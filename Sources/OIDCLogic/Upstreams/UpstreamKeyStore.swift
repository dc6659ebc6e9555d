/// The keys by which we prove to upstreams who we are. Each upstream has its own, so that none can use at another what it was
/// shown.
package protocol UpstreamKeyStore {
    /// The oldest first.
    func upstreamKeys(of upstream: UpstreamName) throws -> [SigningKeyRecord]
    /// All steps or none. Throws ``StoreError/changed`` if a key is no longer as it was, or of an algorithm another is next, or
    /// signs, already.
    func changeKeys(of upstream: UpstreamName, _ steps: [SigningKeyStep]) throws
}
