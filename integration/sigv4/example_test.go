package sigv4_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/yolambda/yolambda/integration/sigv4"
)

// A request that AWS's SDK signed is let in; the same with another body is not.
func ExampleVerifier_Verify() {
	const body = `{"image":"…"}`
	r, err := http.NewRequest("POST", "https://example.org/", strings.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	sum := sha256.Sum256([]byte(body))
	key := aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}
	err = v4.NewSigner().SignHTTP(context.Background(), key, r, hex.EncodeToString(sum[:]), "lambda", "eu-central-1", time.Now())
	if err != nil {
		log.Fatal(err)
	}

	verifier := sigv4.Verifier{
		Region: "eu-central-1", Service: "lambda",
		Credentials: func(id string) (sigv4.Secret, bool) {
			return sigv4.Secret{Key: "secret"}, id == "AKIDEXAMPLE"
		},
	}
	who, err := verifier.Verify(r, []byte(body))
	fmt.Println(who, err)
	_, err = verifier.Verify(r, []byte(`{"image":"another"}`))
	fmt.Println("another body is let in:", err == nil)
	// Output:
	// AKIDEXAMPLE <nil>
	// another body is let in: false
}
