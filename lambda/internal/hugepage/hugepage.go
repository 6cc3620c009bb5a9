// Package hugepage has Linux give large new memory in pages of 2 MiB. A picture of 12
// megapixels is 12,000 pages of 4 KiB otherwise, and the first touch of each is a fault: 19 ms
// of a core, and 6 in huge pages.
package hugepage

// least is the size below which a call is not worth it.
const least = 4 << 20

// Advise asks for huge pages below b, which is new and not touched yet. Where
// /sys/kernel/mm/transparent_hugepage/enabled is `never`, and on other systems, nothing
// changes.
func Advise(b []byte) {
	if len(b) >= least {
		advise(b)
	}
}
