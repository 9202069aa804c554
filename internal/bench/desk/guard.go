package desk

import (
	"net"
	"net/http"
	"net/url"
	"slices"
)

// contentPolicy lets the page load nothing from elsewhere.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// guard refuses what a page of somebody else could make a browser send: another Host (DNS rebinding), another
// Origin, a client that is not on this machine.
func guard(address string, next http.Handler) http.Handler {
	hosts := hostsOf(address)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !loopback(r.RemoteAddr):
			fail(w, http.StatusForbidden, Error{
				"not_loopback", "the desk serves this machine only",
				"use a browser on the machine that runs kioskbench, or an SSH tunnel",
			})
		case !slices.Contains(hosts, r.Host):
			fail(w, http.StatusForbidden, Error{"wrong_host", "the Host is not this desk", "use " + hosts[0]})
		case !ownOrigin(r, hosts):
			fail(w, http.StatusForbidden, Error{
				"wrong_origin", "another site's page must not use the desk", "open the desk's own page at " + hosts[0],
			})
		default:
			h := w.Header()
			h.Set("Content-Security-Policy", contentPolicy)
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set("Referrer-Policy", "no-referrer")
			h.Set("Cross-Origin-Resource-Policy", "same-origin")
			next.ServeHTTP(w, r)
		}
	})
}

// hostsOf lists the names under which the listener at address may be asked.
func hostsOf(address string) []string {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return []string{address}
	}
	return []string{address, net.JoinHostPort("localhost", port)}
}

func loopback(remote string) bool {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// ownOrigin reports whether the request comes from the desk's own page or from no page at all.
func ownOrigin(r *http.Request, hosts []string) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site == "cross-site" || site == "same-site" {
		return false
	}
	origins := r.Header.Values("Origin")
	if len(origins) == 0 {
		return true
	}
	origin, err := url.Parse(origins[0])
	return err == nil && len(origins) == 1 && origin.Scheme == "http" && slices.Contains(hosts, origin.Host)
}
