package apis

import "testing"

func TestRekognition(t *testing.T) {
	ask := func(body string) request {
		return request{target: "/", header: map[string]string{"X-Amz-Target": "RekognitionService.DetectLabels", "Content-Type": "application/x-amz-json-1.1"}, body: body}
	}
	picture := `"Image":{"Bytes":"` + cat + `"}`
	const catLabel = `{"Name":"cat","Confidence":90,"Instances":[
		{"BoundingBox":{"Width":0.2,"Height":0.3,"Left":0.15,"Top":0.1},"Confidence":90},
		{"BoundingBox":{"Width":0.2,"Height":0.3,"Left":0.2,"Top":0.1},"Confidence":60}],"Parents":[],"Aliases":[],"Categories":[]}`
	const dogLabel = `{"Name":"dog","Confidence":70,"Instances":[{"BoundingBox":{"Width":0.15,"Height":0.3,"Left":0.85,"Top":0.7},"Confidence":70}],"Parents":[],"Aliases":[],"Categories":[]}`
	of := func(labels string) string { return `{"LabelModelVersion":"3.0","Labels":[` + labels + `]}` }
	const refused = `{"Message":…`
	check(t, []testCase{
		{"bytes", ask("{" + picture + "}"), "cat?conf_thres=0.55&format=roboflow", 200, of(catLabel + "," + dogLabel)},
		{"confidence", ask("{" + picture + `,"MinConfidence":80}`), "cat?conf_thres=0.8&format=roboflow", 200, of(`{"Name":"cat","Confidence":90,"Instances":[
			{"BoundingBox":{"Width":0.2,"Height":0.3,"Left":0.15,"Top":0.1},"Confidence":90}],"Parents":[],"Aliases":[],"Categories":[]}`)},
		{"one", ask("{" + picture + `,"MaxLabels":1}`), "cat?conf_thres=0.55&format=roboflow", 200, of(catLabel)},
		{"included", ask("{" + picture + `,"Features":["GENERAL_LABELS"],"Settings":{"GeneralLabels":{"LabelInclusionFilters":["dog"]}}}`), "cat?conf_thres=0.55&format=roboflow", 200, of(dogLabel)},
		{"excluded", ask("{" + picture + `,"Settings":{"GeneralLabels":{"LabelExclusionFilters":["dog"]}}}`), "cat?conf_thres=0.55&format=roboflow", 200, of(catLabel)},
		{"object", ask(`{"Image":{"S3Object":{"Bucket":"bucket","Name":"a b.jpg"}}}`), `application/json {"image":"s3://bucket/a b.jpg"}?conf_thres=0.55&format=roboflow`, 200, of(catLabel + "," + dogLabel)},
		{"version", ask(`{"Image":{"S3Object":{"Bucket":"bucket","Name":"a.jpg","Version":"1"}}}`), "", 400, refused},
		{"no name", ask(`{"Image":{"S3Object":{"Bucket":"bucket"}}}`), "", 400, refused},
		{"both", ask(`{"Image":{"Bytes":"` + cat + `","S3Object":{"Bucket":"bucket","Name":"a.jpg"}}}`), "", 400, refused},
		{"neither", ask(`{}`), "", 400, refused},
		{"no JSON", ask(`cat`), "", 400, refused},
		{"confidence out of range", ask("{" + picture + `,"MinConfidence":101}`), "", 400, `{"Message":"MinConfidence: 101 is not from 0 to 100","__type":"InvalidParameterException"}`},
		{"labels below none", ask("{" + picture + `,"MaxLabels":-1}`), "", 400, refused},
		{"properties", ask("{" + picture + `,"Features":["IMAGE_PROPERTIES"]}`), "", 400, refused},
		{"categories", ask("{" + picture + `,"Settings":{"GeneralLabels":{"LabelCategoryInclusionFilters":["Animals"]}}}`), "", 400, refused},
		{"another operation", request{target: "/", header: map[string]string{"X-Amz-Target": "RekognitionService.DetectFaces"}, body: "{}"}, "", 400,
			`{"Message":"DetectFaces is not served, DetectLabels is","__type":"UnknownOperationException"}`},
	})
}
