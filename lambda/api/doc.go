// Package api is the public wire contract of the function: what a caller may
// send, what comes back, and how errors look. The function, its client and its
// tests share these types, so that there is one definition of the contract.
//
// It depends on nothing but the standard library. Package dialect fills these types
// from what a model sees.
package api
