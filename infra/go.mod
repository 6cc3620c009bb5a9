module github.com/yolambda/yolambda/infra

go 1.26
