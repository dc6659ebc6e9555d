extension NginxConfiguration {
    /// `postern-locations.conf`: the one file to include in the server block that serves the issuer.
    package var locations: String {
        """
        # Postern's endpoints, for \(issuer.value). Include it in your server block:
        #     include postern-locations.conf;
        # Printed by: postern nginx --locations
        \(withoutSlash)
        # RFC 8414 section 3: the well-known word comes before the issuer's path.
        location = /.well-known/oauth-authorization-server\(issuer.path) { rewrite ^ \(issuer.path)\(HandlerName.discovery.traits.path) last; }
        location ^~ \(issuer.path)/ {
            include postern-fastcgi.conf;
            client_max_body_size 64k;
            limit_req_status 429;
            limit_req_log_level notice;
            \(log)
            # No answer of nginx copies the Host header, and no page has a compressed length to guess by.
            absolute_redirect off;
            gzip off;
            add_header Strict-Transport-Security $postern_hsts always;
        \(errorPages)
            # What isn't named below doesn't reach a handler.
            return 404;

        \(pages)
        \(apis)
            location = \(issuer.path)/ { rewrite ^ \(issuer.path)/static/index.html last; }
            location ^~ \(issuer.path)/static/ {
                set $postern_handler static;
                log_not_found off;
                alias \(Self.word(staticDirectory + "/"));
                types { text/html html; text/css css; text/javascript js; image/svg+xml svg; image/png png; image/x-icon ico; }
                charset utf-8;
                gzip on;
                gzip_types text/css image/svg+xml;
                # Pages link these files with a fingerprint of their content.
                add_header Cache-Control "public, max-age=86400";
        \(rebase)\(headersOfOurPages)
            }
            location ^~ \(issuer.path)/static/errors/ {
                internal;
                # Whom the server denies is told so by our page.
                allow all;
                alias \(Self.word(staticDirectory + "/errors/"));
                types { text/html html; }
                charset utf-8;
        \(rebase)        sub_filter '</main>' '<p class="reference">Reference <code>$postern_reference</code></p></main>';
                add_header Cache-Control no-store always;
                add_header Retry-After $postern_retry_after always;
                add_header Allow $postern_allow always;
        \(headersOfOurPages)
            }
        }

        # These are refused before nginx looks at locations. What isn't ours keeps nginx's own page.
        \(NginxRefusal.beforeLocations.map { $0.errorPage(below: issuer.path) }.joined(separator: "\n"))
        \(refusals)
        """
    }

    var log: String { "access_log \(Self.word(accessLog)) postern;" }

    private var withoutSlash: String {
        issuer.path.isEmpty
            ? "" : "\nlocation = \(issuer.path) { \(log) return 301 \(issuer.value)/; }"
    }

    /// A handler's own errors pass as they are: these are for what nginx refuses, and for a pool that doesn't answer.
    private var errorPages: String {
        let statuses = [400, 403, 404, 405, 413, 429, 500]
        let plain = statuses.map { "    error_page \($0) \(issuer.path)/static/errors/\($0).html;" }
        return (plain + ["    error_page 502 504 =503 \(issuer.path)/static/errors/503.html;"]).joined(separator: "\n")
    }

    private var served: [(name: HandlerName, endpoint: EndpointTraits, pool: Pool)] {
        HandlerName.allCases.compactMap { name in pool(for: name).map { (name, name.traits, $0) } }
    }

    private var pages: String {
        let pages = served.filter { $0.endpoint.answers == .page }
        let width = pages.map(\.endpoint.path.count).max() ?? 0
        return pages.map { name, endpoint, pool in
            let blank = String(repeating: " ", count: width - endpoint.path.count)
            let handler = "set $postern_handler \(name.rawValue);"
            let words = [handler + blank, "fastcgi_pass postern_\(pool.name);", endpoint.limit?.rawValue]
            let body = words.compactMap(\.self).joined(separator: " ")
            let match = endpoint.hasTail ? "  " : "= "
            let location = "    location \(match)\(issuer.path)\(endpoint.path)\(blank) { \(body) }\n"
            guard endpoint.hasTail else { return location }
            let start = endpoint.path.dropLast()
            return location + "    location = \(issuer.path)\(start) { return 301 \(issuer.value)\(endpoint.path); }\n"
        }.joined()
    }

    private var apis: String {
        served.filter { $0.endpoint.answers != .page }.map { name, endpoint, pool in
            var lines = ["set $postern_handler \(name.rawValue);", "fastcgi_pass postern_\(pool.name);"]
            if let limit = endpoint.limit { lines.append(limit.rawValue) }
            lines += NginxRefusal.withinLocations.map { $0.errorPage(below: issuer.path) }
            if endpoint.answers == .keptJSON { lines += cache(for: name) }
            let body = lines.map { "        \($0)\n" }.joined()
            let match = endpoint.hasTail ? "" : "= "
            return "    location \(match)\(issuer.path)\(endpoint.path) {\n\(body)    }\n"
        }.joined()
    }

    /// The handler's Cache-Control says how long an answer may stand in for a pool that is down: see `http`.
    private func cache(for name: HandlerName) -> [String] {
        [
            "fastcgi_cache postern;",
            "fastcgi_cache_key \"\(issuer.value) \(name.rawValue)\";",
            "fastcgi_cache_valid 200 1m;",
            "fastcgi_no_cache $postern_uncacheable;",
            "fastcgi_cache_lock on;",
            "fastcgi_cache_background_update on;",
            "fastcgi_pass_request_headers off;",
            "fastcgi_ignore_headers Set-Cookie Vary;",
            "fastcgi_hide_header Set-Cookie;",
            "fastcgi_hide_header Access-Control-Allow-Origin;",
            "fastcgi_hide_header Access-Control-Allow-Credentials;",
            "add_header Access-Control-Allow-Origin * always;",
            "add_header Strict-Transport-Security $postern_hsts always;",
        ]
    }

    private var headersOfOurPages: String {
        """
                add_header Content-Security-Policy "\(Self.contentSecurityPolicy)" always;
                add_header X-Content-Type-Options nosniff always;
                add_header Referrer-Policy no-referrer always;
                add_header Strict-Transport-Security $postern_hsts always;
        """
    }

    private static let contentSecurityPolicy =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'"

    /// The pages on disk link to the default base path.
    private var rebase: String {
        guard issuer.path != "/oidc" else { return "" }
        return """
                    sub_filter_once off;
                    sub_filter '\"/oidc/static/' '\"\(issuer.path)/static/';

            """
    }
}
