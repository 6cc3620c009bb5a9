package handler

import (
	"context"
	"fmt"
	"time"

	"github.com/yolambda/yolambda/lambda/api"
	"github.com/yolambda/yolambda/lambda/internal/inorder"
	"github.com/yolambda/yolambda/lambda/yolo"
)

// several are the pictures of one request while they are looked at, as many at once as the
// model has runs abreast. They are fetched ahead of that, so that the network and the CPUs
// work at the same time.
type several struct {
	s3       *S3
	call     call
	pictures []api.Picture
	model    served // the one for runs abreast
	options  yolo.Options
	turns    []chan struct{} // closed when the picture's turn has come to be looked at
	places   chan struct{}   // as many as may be looked at at once
	pixels   budget          // of whose turn it is
}

// looked is what came of one picture.
type looked struct {
	sight
	err error
}

// several answers for several pictures, in their order. Each has measures of its own.
// Where the dialect has a place for it, a picture that can't be read costs only its own
// place.
func (h *Handler) several(ctx context.Context, c call, pictures []api.Picture, model served, options yolo.Options, d listReply) (reply, *measures, error) {
	all := &measures{model: model, pictures: len(pictures)}
	single, atOnce, err := model.Abreast(options)
	if err != nil {
		return nil, all, err
	}
	s := &several{
		s3: h.s3, call: c, pictures: pictures, model: served{single, model.name}, options: options,
		turns: make([]chan struct{}, len(pictures)+1), places: make(chan struct{}, atOnce),
	}
	for i := range s.turns {
		s.turns[i] = make(chan struct{})
	}
	close(s.turns[0])
	err = inorder.Do(ctx, len(pictures), atOnce+1, s.look, func(i int, l looked) error {
		if l.err == nil {
			l.err = l.write(d)
		}
		h.journal.write(ctx, l.call, l.measures, l.err)
		if l.err != nil && !d.refuse(pictures[i].URI, toAPI(l.err)) {
			e := *toAPI(l.err)
			e.Message = fmt.Sprintf("picture %d of %d: %s", i+1, len(pictures), e.Message)
			return &e
		}
		bytes, err := d.seal()
		if err != nil {
			return err
		}
		return checkReply(bytes)
	})
	if err != nil {
		return nil, all, err
	}
	return d, all, nil
}

// look fetches a picture and, when its turn has come and there is a place, looks at it.
func (s *several) look(ctx context.Context, i int) looked {
	own := call{id: s.call.id, coldStart: s.call.coldStart && i == 0, begun: time.Now()}
	f := s.s3.fetchSafely(ctx, s.pictures[i])
	own.parse = s.call.parse + time.Since(own.begun)
	<-s.turns[i]
	s.places <- struct{}{}
	defer func() { <-s.places }()
	if f.err == nil {
		f.err = s.pixels.take(f)
	}
	close(s.turns[i+1])
	if f.err != nil {
		return looked{sight{call: own, measures: measures{model: s.model}}, f.err}
	}
	seen, err := look(ctx, own, f, s.model, s.options)
	if seen.picture != nil {
		seen.picture.Release() // no list shows it
		seen.picture = nil
	}
	return looked{seen, err}
}
