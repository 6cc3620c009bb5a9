package predict

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/yolambda/yolambda/lambda/annotate"
	"github.com/yolambda/yolambda/lambda/api"
)

// Output says which files to make of the pictures; empty means none of a kind.
type Output struct {
	// Drawn is where the pictures go with what was found drawn: a .jpg or .png file for
	// one picture, else a folder.
	Drawn string
	// Crops is the folder where each detection's box goes, cut out, in a folder of its class.
	Crops string
	// Labels is the folder where the files of [YOLO] and [LabelMe] go, one a picture.
	Labels string
}

// Check refuses what can't be: a folder where there must be a file, files that would
// be written over. It is called before [Job.Results].
func (j *Job) Check() error {
	if err := j.checkFormat(); err != nil {
		return err
	}
	if err := j.checkDrawn(); err != nil {
		return err
	}
	j.files = newFiles(j.Sources)
	for _, s := range j.Sources {
		if s.isVideo() {
			continue // its frames are not known yet
		}
		for _, path := range []struct{ flag, path string }{{"-o", j.drawnPath(s)}, {"--save-labels", j.labelPath(s)}} {
			if path.path == "" {
				continue
			}
			if err := j.files.claim(path.path, s.Name); err != nil {
				return fmt.Errorf("%s: %w", path.flag, err)
			}
		}
	}
	return nil
}

// checkDrawn decides whether Drawn is a file or a folder.
func (j *Job) checkDrawn() error {
	out := j.Output.Drawn
	if out == "" {
		return nil
	}
	info, err := os.Stat(out)
	isDir := err == nil && info.IsDir()
	_, named := formatOf(out)
	one := j.Total() == 1 && !isDir
	switch {
	case out == Stdin:
		return fmt.Errorf("-o -: an annotated picture goes to a file or a folder")
	case one && named:
		j.drawnFile = true
	case one && (filepath.Ext(out) != "" || err == nil):
		return fmt.Errorf("-o %s: an annotated picture is a .jpg or .png file", out)
	case !isDir && (err == nil || slices.Contains(append(slices.Clone(suffixes), videoSuffixes...), strings.ToLower(filepath.Ext(out)))):
		return fmt.Errorf("-o %s: several pictures need a folder", out)
	}
	return nil
}

// formatOf goes by the name's extension; the format is JPEG unless named.
func formatOf(name string) (format annotate.Format, named bool) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".png":
		return annotate.PNG, true
	case ".jpg", ".jpeg":
		return annotate.JPEG, true
	}
	return annotate.JPEG, false
}

// drawnPath is where a picture's drawing goes, empty for nowhere.
func (j *Job) drawnPath(s Source) string {
	if j.Output.Drawn == "" || j.drawnFile {
		return j.Output.Drawn
	}
	name := s.rel()
	if _, named := formatOf(name); !named {
		name += ".jpg"
	}
	return filepath.Join(j.Output.Drawn, name)
}

// labelPath is where a picture's labels go, empty for nowhere.
func (j *Job) labelPath(s Source) string {
	if j.Output.Labels == "" {
		return ""
	}
	name := s.rel()
	return filepath.Join(j.Output.Labels, strings.TrimSuffix(name, filepath.Ext(name))+j.Format.labelSuffix())
}

// write writes the files of a picture, whose bytes are data.
func (j *Job) write(s Source, data []byte, reply *api.Response) error {
	if path := j.labelPath(s); path != "" {
		label, err := j.Format.label(s, path, data, reply)
		if err != nil {
			return err
		}
		if err := j.files.write(path, s.Name, label); err != nil {
			return err
		}
	}
	if j.Output.Drawn == "" && j.Output.Crops == "" {
		return nil
	}
	defer j.decoding(annotate.Exceeds(data))()
	picture, err := annotate.Decode(data)
	if err != nil {
		return err
	}
	if path := j.drawnPath(s); path != "" {
		format, _ := formatOf(path)
		drawn, err := annotate.Encode(annotate.Draw(picture, reply), format)
		if err != nil {
			return err
		}
		if err := j.files.write(path, s.Name, drawn); err != nil {
			return err
		}
	}
	if j.Output.Crops == "" {
		return nil
	}
	return j.writeCrops(s, picture, reply)
}

// writeCrops cuts the detections out of the upright picture: CLASS/PICTURE-NUMBER.jpg, the
// number being the detection's in the reply, from 1.
func (j *Job) writeCrops(s Source, picture image.Image, reply *api.Response) error {
	part, ok := picture.(interface {
		SubImage(image.Rectangle) image.Image
	})
	if !ok {
		return fmt.Errorf("cut out detections: no part can be had of a %T", picture)
	}
	for i, d := range reply.Detections {
		box := image.Rect(d.Box[0], d.Box[1], d.Box[2], d.Box[3]).Intersect(picture.Bounds())
		if box.Empty() {
			continue // thinner than a pixel
		}
		data, err := annotate.Encode(part.SubImage(box), annotate.JPEG)
		if err != nil {
			return err
		}
		path := filepath.Join(j.Output.Crops, folderOf(d.Cls), fmt.Sprintf("%s-%d.jpg", s.rel(), i+1))
		if err := j.files.write(path, s.Name, data); err != nil {
			return err
		}
	}
	return nil
}

// folderOf is a class's name as that of a folder. A class is called whatever its model's
// author likes: slashes, colons and control characters become underscores.
func folderOf(class string) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || !unicode.IsPrint(r) {
			return '_'
		}
		return r
	}, class)
	name = strings.TrimRight(name, ". ") // which Windows drops, and which are all of ".."
	if name == "" || !filepath.IsLocal(name) {
		return "_" + name
	}
	return name
}
