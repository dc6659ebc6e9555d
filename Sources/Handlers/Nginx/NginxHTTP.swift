extension NginxConfiguration {
    /// `postern-http.conf`: what nginx takes at http level only. It belongs in `conf.d/`.
    package var http: String {
        """
        # Postern behind nginx: what belongs at http level. Copy it to /etc/nginx/conf.d/.
        # Printed by: postern nginx --http

        \(pools.map(upstream).joined(separator: "\n"))
        # Each location sets it; this is what it is elsewhere, and lets this file stand alone.
        map "" $postern_handler { default none; }

        # One address is one IPv4 address, or one IPv6 network of 64 bits: who has one IPv6 address has them all.
        map $binary_remote_addr $postern_address {
            default $binary_remote_addr;
            # IPv4 on a socket for both families, as ::ffff:192.0.2.1.
            "~^\\x00{10}\\xff\\xff" $binary_remote_addr;
            "~(?s)^(?<postern_network>.{8}).{8}\\z" $postern_network;
        }
        # Only a form that was sent costs a password hash. Each account has its own, stricter limit in the handler.
        map $request_method $postern_login_key { default ""; POST $postern_address; }
        limit_req_zone $postern_login_key zone=postern_login:10m rate=10r/s;
        # A whole company may be behind one address.
        limit_req_zone $postern_address zone=postern_token:10m rate=200r/s;
        map $status $postern_retry_after { default ""; 429 2; 503 10; }
        # RFC 9110 §15.5.6: nginx itself refuses a method of its own files alone, and names none.
        map $status $postern_allow { default ""; 405 "GET, HEAD"; }

        # How long an answer is fresh, and how long it may stand in for a pool that is down, the handler says (RFC 5861):
        # fastcgi_cache_use_stale knows no limit of time.
        fastcgi_cache_path \(Self.word(cacheDirectory)) keys_zone=postern:1m max_size=10m inactive=1d use_temp_path=off;
        # What is cached is the same for everyone, so the handler sees a GET without a query, whoever asks first.
        map "$postern_handler $request_method" $postern_method {
            default $request_method;
        \(kept.map { "    \"\($0) HEAD\" GET;" }.joined(separator: "\n"))
        }
        map $postern_handler $postern_query { default $query_string; \(kept.map { "\($0) \"\";" }.joined(separator: " ")) }
        # What follows the path of an endpoint that goes on, as it was sent.
        map "$postern_handler $request_uri" $postern_tail {
            default "";
        \(tails.joined(separator: "\n"))
        }
        map $upstream_status $postern_uncacheable { default 1; 200 ""; }

        \(refusalMaps)
        # Browsers remember it only when it comes over TLS (RFC 6797 §8.1).
        map $https $postern_hsts { default ""; on "max-age=31536000"; }

        # The reference that people read to you from a page, and that the handlers log.
        map $request_id $postern_reference {
            default $request_id;
            "~^(?<postern_id1>.{4})(?<postern_id2>.{4})(?<postern_id3>.{4})" $postern_id1-$postern_id2-$postern_id3;
        }
        # Neither query nor referrer is logged: they hold state, login_hint and id_token_hint. $request_method and $uri
        # would be those of the error page, where there is one.
        map $request $postern_asked { default -; "~^(?<postern_line>[A-Z]+ [^ ?#]*)" $postern_line; }
        log_format postern '$remote_addr [$time_iso8601] $postern_asked $status $body_bytes_sent '
                           '$request_time handler=$postern_handler upstream=$upstream_status '
                           'cache=$upstream_cache_status reference=$postern_reference id=$request_id';

        """
    }

    private var kept: [String] {
        HandlerName.allCases.filter { $0.traits.answers == .keptJSON }.map(\.rawValue)
    }

    private var tails: [String] {
        HandlerName.allCases.filter { $0.traits.hasTail && pool(for: $0) != nil }.map { name in
            "    \"~^\(name.rawValue) \(issuer.path)\(name.traits.path)(?<postern_rest>[^?]+)\" $postern_rest;"
        }
    }

    private func upstream(_ pool: Pool) -> String {
        """
        upstream postern_\(pool.name) {
            server \(Self.word("unix:" + pool.socket));
            # A pool that is replaced goes on until nginx closes these connections, so they don't live long.
            keepalive 64;
            keepalive_timeout 2s;
            keepalive_requests 1000;
            keepalive_time 10s;
        }

        """
    }
}
