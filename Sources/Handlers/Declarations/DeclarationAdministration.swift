import JOSE
import OIDCLogic

/// What an administrator does with what files declare.
package struct DeclarationAdministration {
    private let store: any Store
    private let declared: DeclaredConfiguration
    private let keyFiles: KeyFiles
    private let environment: [String: String]
    private let random: any RandomSource
    private let now: Clock

    init(
        store: any Store, _ declared: DeclaredConfiguration, environment: [String: String],
        random: any RandomSource = SystemRandom(), now: @escaping Clock
    ) {
        self.store = store
        self.declared = declared
        self.environment = environment
        self.random = random
        self.now = now
        keyFiles = KeyFiles(declared.configuration, environment: environment)
    }

    /// What an apply would do now. Throws ``ConfigurationErrors`` with all that can't be done, and ``AdministrationError``.
    package func plan(_ options: DeclarationOptions = .init()) throws -> DeclarationPlan {
        let configuration = declared.configuration
        let state = try DeclaredState(store)
        try requireFolder(for: state, options)
        return try DeclarationPlanner.plan(
            from: state, to: declared.declarations, options,
            DeclarationPlanner.Surroundings(
                policy: configuration.policy, claims: configuration.claims, resources: configuration.resources,
                seal: { [keyFiles] in try keyFiles.state() }, sectors: SectorRule(configuration.outbound.calls),
                readSecret: { [environment] in try $0.read(environment) },
                isSubject: { [store] in try store.user(UserID($0.value)) != nil }, random: random, now: now))
    }

    /// A folder that isn't mounted must not be taken for one that nothing is left in.
    private func requireFolder(for state: DeclaredState, _ options: DeclarationOptions) throws(AdministrationError) {
        let folder = declared.configuration.clientsFolder
        guard options.fate != .keep, !folder.isThere else { return }
        let count = state.files.values.count { folder.holds($0) }
        guard count > 0 else { return }
        throw .missing(
            "the folder \(folder.path) is not there, and \(count) of what is in the store was declared in it; if all of that "
                + "shall go, make the folder, and leave it empty")
    }

    /// Makes what is there as it is declared: all of the plan or nothing. `approve` sees the plan before, and stops it by
    /// throwing; if someone changed something meanwhile, it sees the plan that was made anew. Returns what was done.
    package func apply(
        _ options: DeclarationOptions = .init(), approve: (DeclarationPlan) throws -> Void = { _ in }
    ) throws -> DeclarationPlan {
        try ChangeAgain.whileOthersDo {
            let plan = try plan(options)
            guard !plan.isEmpty else { return plan }
            try approve(plan)
            try store.apply(plan.changes, at: plan.generation)
            return plan
        }
    }
}
