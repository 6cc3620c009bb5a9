package jpeg

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Tables are those in force at some place of a file, by their numbers. Its zero value has
// none.
type Tables struct {
	quant  [4]*[64]uint16 // in natural order
	dc, ac [4]*codeLengths
}

// readQuantization reads a DQT segment.
func (t *Tables) readQuantization(body []byte) error {
	for len(body) > 0 {
		wide, id := int(body[0]>>4), body[0]&15
		body = body[1:]
		if wide > 1 || id > 3 || len(body) < 64*(1+wide) {
			return errors.New("bad quantization table")
		}
		read := new([64]uint16)
		for k := range 64 {
			if wide == 1 {
				read[natural[k]] = binary.BigEndian.Uint16(body[2*k:])
			} else {
				read[natural[k]] = uint16(body[k])
			}
		}
		t.quant[id] = read
		body = body[64*(1+wide):]
	}
	return nil
}

// readHuffman reads a DHT segment.
func (t *Tables) readHuffman(body []byte) error {
	for len(body) > 0 {
		class, id := body[0]>>4, body[0]&15
		table, rest, err := readCodeLengths(body[1:])
		if err != nil {
			return err
		}
		switch {
		case class == 0 && id < 4:
			t.dc[id] = table
		case class == 1 && id < 4:
			t.ac[id] = table
		default:
			return fmt.Errorf("bad Huffman table %d of class %d", id, class)
		}
		body = rest
	}
	return nil
}
