package locales

import (
	"slices"
	"strings"
	"testing"

	"github.com/kioskd/kioskd/internal/domain"
)

// variants are pairs of a simplified-only and a traditional-only character, side by side (Unihan kSimplifiedVariant and
// kTraditionalVariant). The simplified one is in GB 2312 and not in Big5, the traditional one the other way round, so
// that neither belongs into a text of the other script.
const variants = "" +
	"务務语語请請选選择擇费費号號码碼员員认認证證书書领領个個编編当當场場开開币幣纸紙约約钟鐘现現时時" +
	"间間内內来來无無区區将將读讀为為结結会會从從删刪换換诉訴继繼续續户戶暂暫动動张張还還输輸错錯锁鎖" +
	"设設键鍵盘盤误誤遗遺这這吗嗎记記载載处處谁誰项項减減计計数數对對发發办辦审審业業应應给給顾顧额額" +
	"凭憑两兩笔筆马馬钱錢齐齊没沒谢謝让讓画畫钮鈕录錄询詢试試头頭备備账帳电電过過迁遷报報预預长長维維" +
	"护護连連满滿岁歲刚剛写寫盖蓋关關损損启啟须須运營营運检檢缆纜联聯转轉钥鑰装裝点點际際见見够夠爱愛" +
	"罢罷贝貝闭閉边邊变變标標别別宾賓补補财財参參仓倉层層产產车車称稱诚誠迟遲冲衝础礎储儲传傳创創词詞" +
	"辞辭达達带帶单單导導灯燈邓鄧敌敵递遞顶頂订訂东東冻凍断斷队隊尔爾罚罰阀閥饭飯访訪纺紡飞飛废廢坟墳" +
	"奋奮风風疯瘋冯馮妇婦负負该該钢鋼冈岡巩鞏贡貢沟溝购購观觀馆館惯慣广廣规規归歸轨軌贵貴国國汉漢贺賀" +
	"红紅华華话話欢歡环環黄黃货貨获獲击擊积積级級纪紀济濟艰艱监監奖獎讲講脚腳节節紧緊进進经經静靜镜鏡" +
	"旧舊举舉剧劇觉覺军軍课課块塊宽寬况況亏虧扩擴蓝藍览覽劳勞乐樂类類礼禮历歷丽麗脸臉练練辆輛疗療邻鄰" +
	"临臨灵靈刘劉龙龍楼樓陆陸虑慮论論罗羅买買卖賣门門们們梦夢灭滅难難脑腦鸟鳥农農欧歐赔賠评評签簽浅淺" +
	"枪槍强強墙牆桥橋亲親轻輕庆慶穷窮权權劝勸却卻热熱荣榮伞傘丧喪杀殺伤傷声聲师師实實识識视視势勢释釋" +
	"属屬术術树樹双雙顺順说說丝絲讼訟苏蘇虽雖随隨缩縮态態谈談汤湯讨討题題条條铁鐵厅廳统統图圖团團稳穩" +
	"问問习習戏戲细細县縣献獻乡鄉协協兴興许許学學寻尋训訓压壓亚亞严嚴盐鹽验驗阳陽养養样樣叶葉页頁医醫" +
	"义義艺藝忆憶议議译譯阴陰银銀邮郵鱼魚园園圆圓远遠杂雜脏髒则則责責赠贈战戰帐帳针針阵陣镇鎮织織职職" +
	"执執质質众眾专專赚賺状狀资資总總纵縱组組钻鑽简簡触觸确確准準机機络絡坏壞响響听聽宁寧据據构構怀懷" +
	"极極惊驚复復丰豐优優价價异異种種气氣胜勝"

// onlySimplified and onlyTraditional are the two halves of the table.
func variantHalves(t *testing.T) (onlySimplified, onlyTraditional string) {
	t.Helper()
	all := []rune(variants)
	for pair := range slices.Chunk(all, 2) {
		onlySimplified += string(pair[0])
		onlyTraditional += string(pair[1])
	}
	if len(all) < 2*300 || strings.ContainsAny(onlySimplified, onlyTraditional) {
		t.Fatalf("a table of %d pairs, or one that has a character on both sides", len(all)/2)
	}
	return onlySimplified, onlyTraditional
}

func TestChineseScriptsAreNotMixed(t *testing.T) {
	simplified, traditional := variantHalves(t)
	own := map[domain.Lang]string{domain.SimplifiedChinese: simplified, domain.TraditionalChinese: traditional}
	alien := map[domain.Lang]string{domain.SimplifiedChinese: traditional, domain.TraditionalChinese: simplified}
	for lang := range own {
		met := map[rune]bool{}
		for id, text := range texts(t, lang) {
			text = japanesePart.ReplaceAllString(text, "")
			if i := strings.IndexAny(text, alien[lang]); i >= 0 {
				t.Errorf("%s %s has a character of the other script: %s", lang, id, text)
			}
			for _, r := range text {
				met[r] = met[r] || strings.ContainsRune(own[lang], r)
			}
		}
		seen := 0
		for _, yes := range met {
			if yes {
				seen++
			}
		}
		if seen < 100 { // else the table does not know the characters that these texts are made of
			t.Errorf("%s: only %d of its characters are in the table", lang, seen)
		}
	}
}
