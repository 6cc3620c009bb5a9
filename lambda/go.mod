module github.com/yolambda/yolambda/lambda

go 1.26
