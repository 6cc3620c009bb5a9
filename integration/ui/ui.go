// Package ui is the page for trying a YOLambda function: static files, without
// a build step, that package proxy serves next to its API.
package ui

import (
	"embed"
	"io/fs"
	"net/http"
)

//go:embed page
var embedded embed.FS

// examples are pictures to begin with, the project's own of the folder assets. A
// browser loads one when the user asks for it.
//
//go:embed examples
var examples embed.FS

// policy lets the page load from its own origin alone. Pictures and videos that
// the user chose are blob: addresses, made in the page itself.
const policy = "default-src 'self'; img-src 'self' blob:; media-src 'self' blob:; " +
	"object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Files are the page's files, index.html among them.
func Files() fs.FS {
	files, err := fs.Sub(embedded, "page")
	if err != nil {
		panic("ui: " + err.Error()) // the name is a constant
	}
	return files
}

// Handler serves the page at /, and its examples, under a strict content security policy.
func Handler() http.Handler {
	files := http.NewServeMux()
	files.Handle("/", http.FileServerFS(Files()))
	files.Handle("/examples/", http.FileServerFS(examples))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-cache") // a new version shows at the next load
		files.ServeHTTP(w, r)
	})
}
