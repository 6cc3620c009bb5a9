package handler

import (
	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/dialect"
)

// roboflowReply is that of one picture.
type roboflowReply struct {
	noErrors
	mask api.MaskForm
	*api.Roboflow
}

func (r *roboflowReply) add(s sight) (err error) {
	r.Roboflow, err = dialect.Roboflow(s.model.Model, s.id, s.result, r.mask, maxReply)
	return err
}

func (r *roboflowReply) encode() ([]byte, string, error) { return encodeJSON(r.Roboflow) }

// roboflowList is that of several: a bare list.
type roboflowList struct {
	noErrors
	mask api.MaskForm
	last *api.Roboflow
	written
}

func (r *roboflowList) add(s sight) (err error) {
	r.last, err = dialect.Roboflow(s.model.Model, s.id, s.result, r.mask, maxReply)
	return err
}

func (r *roboflowList) seal() (int, error) { return r.write(r.last) }

func (r *roboflowList) encode() ([]byte, string, error) { return encodeJSON(r.parts) }
