package sigv4

import (
	"crypto/hmac"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// variant is a part of the canonical request as a faulty signer may have written it.
type variant struct{ fault, part string }

// commonFaults says which of the usual mistakes of a signer explains the signature,
// "" where none does: it writes the canonical request with each of them, and with
// several at once, and looks which one was signed. The fewest are told.
func commonFaults(r *http.Request, c claim, secretKey, payloadHash string) string {
	var best []string
	for _, query := range queryVariants(r.URL.RawQuery, c.presigned) {
		for _, path := range pathVariants(sentPath(r.URL)) {
			for _, headers := range headerVariants(r, c.signedHeaders) {
				for _, hash := range hashVariants(payloadHash) {
					var faults []string
					for _, v := range []variant{query, path, headers, hash} {
						if v.fault != "" {
							faults = append(faults, v.fault)
						}
					}
					if len(faults) == 0 || best != nil && len(faults) >= len(best) {
						continue
					}
					canonical := joinCanonical(r.Method, path.part, query.part, headers.part, c.signedHeaders, hash.part)
					if hmac.Equal([]byte(c.signature), []byte(hex.EncodeToString(sign(c, secretKey, canonical)))) {
						best = faults
					}
				}
			}
		}
	}
	return strings.Join(best, "; ")
}

func queryVariants(raw string, presigned bool) []variant {
	right, err := canonicalQuery(raw, presigned)
	if err != nil {
		return nil
	}
	var sent, decoded []string  // name=value, in the order of the query
	query, _ := parseQuery(raw) // canonicalQuery could read it
	for _, p := range query {
		if presigned && p.name == "X-Amz-Signature" {
			continue
		}
		sent = append(sent, uriEncode(p.name)+"="+uriEncode(p.value))
		decoded = append(decoded, p.name+"="+p.value)
	}
	sorted := slices.Sorted(slices.Values(decoded))
	const unsorted, unencoded = "the query's parameters are signed unsorted", "the query is signed unencoded (a comma is %2C, a slash %2F, a space %20)"
	return distinct([]variant{
		{"", right},
		{unsorted, strings.Join(sent, "&")},
		{unencoded, strings.Join(sorted, "&")},
		{unencoded + " and unsorted", strings.Join(decoded, "&")},
		{"the query is signed as it stands in the address, not encoded and sorted anew", raw},
		{"a space in the query is signed as +, not as %20", strings.ReplaceAll(right, "%20", "+")},
		{"the query is not signed", ""},
	})
}

func pathVariants(sent string) []variant {
	variants := []variant{
		{"", canonicalPath(sent)},
		{"the path is signed as it stands in the address, not encoded a second time", sent},
		{"the path is signed empty, not as /", ""},
	}
	if decoded, err := url.PathUnescape(sent); err == nil {
		variants = append(variants, variant{"the path is signed unencoded", decoded})
	}
	return distinct(variants)
}

// headerVariants leaves the port out of the Host, as signers do that know the ports
// 80 and 443 only, and writes the headers' values as they are.
func headerVariants(r *http.Request, signed []string) []variant {
	headers := func(host string) string {
		other := *r
		other.Host = host
		text, _ := canonicalHeaders(&other, signed) // it was written before
		return text
	}
	bare := (&url.URL{Host: r.Host}).Hostname()
	return distinct([]variant{
		{"", headers(r.Host)},
		{"Host is signed without its port, " + bare + " for " + r.Host, headers(bare)},
		{"Host is signed as localhost, and sent as " + r.Host, headers(strings.Replace(r.Host, bare, "localhost", 1))},
		{"Host is signed as 127.0.0.1, and sent as " + r.Host, headers(strings.Replace(r.Host, bare, "127.0.0.1", 1))},
	})
}

func hashVariants(right string) []variant {
	return distinct([]variant{
		{"", right},
		{"the hash of an empty body is signed, and the body is not empty", hexSHA256(nil)},
		{"the payload is signed as " + unsignedPayload + ", which Lambda does not take", unsignedPayload},
	})
}

// distinct leaves out faults that change nothing: what is right comes first.
func distinct(variants []variant) []variant {
	var kept []variant
	for _, v := range variants {
		if !slices.ContainsFunc(kept, func(k variant) bool { return k.part == v.part }) {
			kept = append(kept, v)
		}
	}
	return kept
}
