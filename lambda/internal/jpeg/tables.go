package jpeg

import (
	"encoding/binary"
	"errors"
	"fmt"
)

func (p *parser) readQuantization(body []byte) error {
	for len(body) > 0 {
		wide, id := int(body[0]>>4), body[0]&15
		body = body[1:]
		if wide > 1 || id > 3 || len(body) < 64*(1+wide) {
			return errors.New("bad quantization table")
		}
		table := new([64]uint16)
		for k := range 64 {
			if wide == 1 {
				table[natural[k]] = binary.BigEndian.Uint16(body[2*k:])
			} else {
				table[natural[k]] = uint16(body[k])
			}
		}
		p.quant[id] = table
		body = body[64*(1+wide):]
	}
	return nil
}

func (p *parser) readHuffman(body []byte) error {
	for len(body) > 0 {
		class, id := body[0]>>4, body[0]&15
		table, rest, err := readCodeLengths(body[1:])
		if err != nil {
			return err
		}
		switch {
		case class == 0 && id < 4:
			p.dc[id] = table
		case class == 1 && id < 4:
			p.ac[id] = table
		default:
			return fmt.Errorf("bad Huffman table %d of class %d", id, class)
		}
		body = rest
	}
	return nil
}
