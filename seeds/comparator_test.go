package seeds_test

import (
	"testing"

	"xushi/seeds"
)

func TestComparatorOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		before, after string
		want          seeds.Comparator
	}{
		{"确保签约率达到", "以上", seeds.AtLeast},
		{"新增受益家庭", "户以上", seeds.AtLeast},
		{"提高", "个百分点以上", seeds.AtLeast},
		{"新增就业不少于", "人", seeds.AtLeast},
		{"优良天数比例不低于", "", seeds.AtLeast},
		{"总产值超过", "元", seeds.AtLeast},
		{"培训至少", "场", seeds.AtLeast},
		{"失业率不超过", "", seeds.AsWritten},
		{"新建", "处公园", seeds.AsWritten},
		{"新建", "处公园、30户以上", seeds.AsWritten},
		{"新增", "家三级以上医院", seeds.AsWritten},
		{"超过去年", "处", seeds.AsWritten},
	} {
		t.Run(c.before+"…"+c.after, func(t *testing.T) {
			t.Parallel()
			if got := seeds.ComparatorOf(c.before, c.after); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
