// Package ui is the page for trying a YOLambda function: static files, without
// a build step, that package proxy serves next to its API.
package ui

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"io/fs"
	"net/http"
	"strings"
	"time"
)

//go:embed page
var embedded embed.FS

// examples are pictures to begin with, the project's own of the folder assets. A
// browser loads one when the user asks for it.
//
//go:embed examples
var examples embed.FS

// inlined is index.html with its style and the script of its theme inside: the first
// paint waits for one request alone. policy lets the page load from its own origin
// alone and names these two by their sums; other inline code does not run. Pictures
// and videos that the user chose are blob: addresses, made in the page itself.
func inlined() (document []byte, policy string) {
	text := string(file("index.html"))
	sums := map[string]string{}
	for _, part := range []struct{ name, tag, begin, end string }{
		{"theme.js", `<script src="theme.js"></script>`, "<script>", "</script>"},
		{"style.css", `<link rel="stylesheet" href="style.css">`, "<style>", "</style>"},
	} {
		content := file(part.name)
		sum := sha256.Sum256(content)
		sums[part.name] = "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		text = strings.Replace(text, part.tag, part.begin+string(content)+part.end, 1)
	}
	return []byte(text), "default-src 'self'; script-src 'self' " + sums["theme.js"] + "; style-src 'self' " + sums["style.css"] +
		"; img-src 'self' blob:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// file is one of the page's by its name, which is a constant.
func file(name string) []byte {
	data, err := embedded.ReadFile("page/" + name)
	if err != nil {
		panic("ui: " + err.Error())
	}
	return data
}

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
	document, policy := inlined()
	files := http.NewServeMux()
	files.Handle("/", http.FileServerFS(Files()))
	files.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "index.html", time.Time{}, bytes.NewReader(document))
	})
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
