/// The configuration that `postern init` writes: what must be said, and beside it, as comments, what may be.
package enum ConfigurationTemplate {
    /// `issuer` must be a valid issuer, which holds nothing that YAML reads otherwise.
    package static func text(issuer: String) -> String {
        """
        # The configuration of Postern. Relative paths are relative to this file's folder.
        # After a change: "postern check", then a rolling restart. Every key: docs/configuration.md
        # POSTERN_… environment variables override single values, such as POSTERN_LIFETIMES_CODE.

        # The URL that apps know this service by. It stands in every token, and the keys are sealed for
        # it: choose it before the first app is registered, and keep it.
        issuer: \(issuer)

        # The database: users, apps, sessions. Keep it on a local disk.
        store: postern.db

        # Two secrets, readable by their owner only. Back them up, apart from the database.
        keys:
          state: state.key
          signing: signing.key
          # rotate_after: 90d     # how long a key signs until another does; or never
          # publish_ahead: 7d     # for how long apps can see the next one before

        # How long things last: seconds, or a number with s, m, h or d.
        # lifetimes:
        #   code: 60s
        #   attempt: 30m          # a page that waits for its user
        #   session: 24h          # the longest that a sign-in serves
        #   session_idle: 8h      # without use
        #   session_remembered: 30d # of who ticks "Stay signed in on this device"; or never
        #   id_token: 1h
        #   access_token: 1h
        #   refresh_token: 15d    # without use
        #   refresh_token_absolute: 90d

        # Let pages of apps see by a frame that whoever is signed in has changed (OpenID Connect Session Management).
        # session_management: true

        # Tell apps also of sign-ins that end by age, or since nobody used them.
        # logout:
        #   on_expiry: true

        # What access tokens for a resource (RFC 8707) are to be like, where that differs.
        # resources:
        #   https://api.example.com/: { access_token: 10m, signing_alg: RS256 }

        # Groups of processes. Password hashing is slow, so sign-in has one of its own, with threads for those who wait
        # for their turn, and fast serves the rest.
        # pools:
        #   fast: { processes: 2, threads: 8 }
        #   slow: { processes: 1, threads: 24 }

        # pages:
        #   templates: templates  # a folder of your own templates, in place of those that came with Postern
        #   locales: locales      # likewise of texts
        #   language: en          # for browsers that ask for none of those that are there
        #   title: Postern
        #   help: https://help.example.com/
        #   contact: help@example.com   # whom people ask who are refused; also an https URL, tel:+31201234567, or words

        # What password hashing may take, in each process: one hash needs about 30 ms and 16 MB.
        # login:
        #   hashes_at_once: 2
        #   hashes_waiting: 16

        # Apps register themselves by tokens that you hand out. See docs/self-registration.md
        # registration:
        #   open: false           # true: without a token as well; needs_approval: once an administrator has looked
        #   ci:                   # jobs of a CI system, by the token that it signs for each
        #     - name: shop
        #       issuer: https://gitlab.example.com
        #       claims: { project_path: team/shop, ref: main }

        # Servers of others that are called, such as for the keys that apps publish. Public addresses need no mention.
        # outbound:
        #   allow: [10.0.0.0/8]   # networks of your own; http://10.0.0.0/8 for plain http as well
        #   certificates: ca.pem  # authorities to trust in place of the system's
        #   calls_at_once: 4      # in each process

        # assertions:
        #   token_endpoint_audience: true   # apps may name the token endpoint in place of the issuer
        #   lifetime: 5m                    # how far ahead they may end

        # Rules about what users get through apps, and tests of them for "postern check". See docs/claims-and-roles.md
        # policy:
        #   - name: reports from the office
        #     scope: reports
        #     require: in_network(request ->> 'address', '10.0.0.0/8')
        # policy_tests:
        #   - name: at home
        #     request: { address: 192.0.2.7 }
        #     scope: openid reports
        #     expect: openid

        # claims:
        #   mendix_profile: false # com.mendix.user.* for clients of preset mendix

        # Apps, and what goes with them, that "postern apply" brings into the database; here, or in files of the folder.
        # See docs/declared-clients.md
        # clients_folder: clients.d
        # clients:
        #   - client_id: shop
        #     redirect_uris: [https://shop.example.com/callback]

        # Who changed what, and who signed in: "postern audit". See docs/audit.md
        # audit:
        #   keep: 365d

        # log:
        #   level: info           # trace, debug, info, notice, warning, error, critical

        """
    }
}
