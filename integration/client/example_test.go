package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/lambda/api"
)

func Example() {
	ctx := context.Background()
	c, err := client.New(ctx, client.Config{Stack: "yolambda"})
	if err != nil {
		log.Fatal(err)
	}
	picture, err := os.ReadFile("bus.jpg")
	if err != nil {
		log.Fatal(err)
	}
	conf := 0.5
	reply, err := c.Predict(ctx, picture, api.Options{Conf: &conf})
	var refusal *api.Error
	if errors.As(err, &refusal) {
		log.Fatalf("the function refused the picture: %s", refusal.Message)
	} else if err != nil {
		log.Fatal(err)
	}
	for _, d := range reply.Detections {
		fmt.Printf("%s %.2f at %v\n", d.Cls, d.Conf, d.Box)
	}
}
