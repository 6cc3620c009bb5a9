// Package yolambda has YOLambda's constructs for apps of the AWS CDK: [NewEndpoint] makes a
// Lambda function that answers with what YOLO models see in a picture, behind a URL that
// takes signed requests only. [NewBatch] runs all pictures of a bucket through it, [NewTrigger]
// each new one. [NewRollout] gives new versions their traffic step by step. [NewDistribution] puts
// CloudFront in front, with a domain and a web ACL.
//
//	go get github.com/yolambda/yolambda/infra/yolambda
//
// The function is compiled while the app is synthesized, from the module
// github.com/yolambda/yolambda/lambda in the version that go.mod names, by Go and a C compiler of
// this machine (gcc, or zig), or else in Docker. ONNX Runtime is that of an npm package, checked by
// SHA-256. Where this machine can, it optimizes the models' graphs for it meanwhile.
//
// Nothing has a physical name unless one is asked for, so that several lie in one stack, and one
// stack is deployed several times. The zero value of each field of the props is documented.
// What is wrong panics with a [BuildError], as errors can't pass through the CDK.
package yolambda
