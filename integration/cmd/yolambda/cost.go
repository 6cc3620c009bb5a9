package main

// costFlags are what a price depends on besides the region and the time.
type costFlags struct {
	Memory       memoryMB `default:"10240" placeholder:"MB" help:"The function's memory, for the cost."`
	Architecture string   `enum:"arm64,x86_64" default:"arm64" help:"The function's CPU, for the cost: arm64 or x86_64."`
}
