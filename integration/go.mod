module github.com/yolambda/yolambda/integration

go 1.26

require github.com/yolambda/yolambda/lambda v0.0.0

// The wire contract and the model's maths live in the function's module; the
// replacement lets this module build with GOWORK=off too.
replace github.com/yolambda/yolambda/lambda => ../lambda
