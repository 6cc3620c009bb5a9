package main

import "fmt"

// memoryMB is a size of memory that a function may have.
type memoryMB int64

// Validate is called by Kong.
func (m memoryMB) Validate() error {
	if m < 128 || m > 10240 {
		return fmt.Errorf("%d MB: Lambda has 128 to 10240; the models that come along fit into 512", m)
	}
	return nil
}
