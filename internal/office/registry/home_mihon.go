package registry

// mihonHomes are the households of 見本市. The order gives the ids: add at the end only. Spaces in names are those
// of the record (full width). Selectors are of the Moji_Joho collection (U+E0102 and on).
func mihonHomes() []home {
	return append(mihonHard(), mihonPlain()...)
}

// mihonHard are the households that test cards belong to, and other hard cases.
func mihonHard() []home {
	return []home{
		{"中央一丁目2番3号", "中央一丁目2番", []person{
			p("見本　花子", "ミホン　ハナコ", "1988-07-07", Female, head),
		}},
		{"緑町二丁目14番6号", "緑町二丁目14番地", []person{ // 辻 and 葛 with selectors
			p("辻\U000E0102　健一郎", "ツジ　ケンイチロウ", "1979-02-11", Male, head).cameFrom("遠国県辺境市港町五丁目1番地", "2008-04-01"),
			p("辻\U000E0102　葛\U000E0102葉", "ツジ　クズハ", "1981-11-23", Female, "妻").formerly("髙﨑", "タカサキ").
				cameFrom("遠国県辺境市港町五丁目1番地", "2008-04-01"),
			p("辻\U000E0102　遥", "ツジ　ハルカ", "2010-05-05", Female, "子"),
			p("辻\U000E0102　蓮", "", "2013-09-30", Male, "子"),
		}},
		{"駅前町7番1-1203号", "駅前町7番地", []person{
			p("𠮷田　修", "ヨシダ　オサム", "1966-01-29", Male, head),
			p("𠮷田　文子", "ヨシダ　フミコ", "1968-03-03", Female, "妻"),
		}},
		{"港一丁目5番20号", "", []person{
			p("MARIA ALEXANDRA FERNANDA DE ALBUQUERQUE VASCONCELOS SOBRINHO", "", "1990-12-24", Female, head).
				called("森　マリア", "モリ　マリア").alien(Foreign{
				Nationality: "ブラジル", Category: "中長期在留者", Status: "定住者", Period: "3年", Until: day("2028-06-30"),
				CardNumber: "ZZ00000000ZZ", BecameForeign: day("2019-06-15"),
			}).cameFrom("ブラジル", "2019-06-15"),
		}},
		{"南町三丁目9番4号", "南町三丁目9番地", []person{ // one member has filed a move
			p("渡邉\U000E010F　一馬", "ワタナベ　カズマ", "1972-08-15", Male, head),
			p("渡邉\U000E010F　智子", "ワタナベ　トモコ", "1974-10-02", Female, "妻"),
			p("渡邉\U000E010F　光", "ワタナベ　ヒカル", "2004-04-20", Male, "子").now(Leaving, "2027-03-31"),
		}},
		{"北町一丁目1番9号", "北町一丁目1番地", []person{
			p("佐保　静", "サホ　シズカ", "1985-05-17", Female, head).held(Protected),
			p("佐保　澪", "サホ　ミオ", "2012-12-12", Female, "子"),
		}},
		{"本町四丁目8番8号", "本町四丁目8番地", []person{
			p("齋\U000E0102藤　勝", "サイトウ　マサル", "1958-06-01", Male, head),
			p("齋\U000E0102藤　節子", "サイトウ　セツコ", "1960-09-19", Female, "妻"),
		}},
		{"本町四丁目12番1号", "本町四丁目12番地", []person{
			p("高橋　進", "タカハシ　ススム", "1991-03-14", Male, head),
		}},
		{"西町2番30号", "西町2番地", []person{
			p("田中　実", "タナカ　ミノル", "1949-10-10", Male, head),
			p("田中　和子", "タナカ　カズコ", "1951-01-15", Female, "妻"),
		}},
		{"西町6番11号", "西町6番地", []person{
			p("\U0010DE92田　学", "", "1977-07-27", Male, head), // a plane-16 character that no font here has
		}},
		{"東町五丁目3番2号", "東町五丁目3番地", []person{ // six: two sheets
			p("大森　太一", "オオモリ　タイチ", "1980-04-04", Male, head),
			p("大森　直美", "オオモリ　ナオミ", "1982-02-22", Female, "妻"),
			p("大森　樹", "オオモリ　イツキ", "2009-06-06", Male, "子"),
			p("大森　咲", "オオモリ　サキ", "2011-08-08", Female, "子"),
			p("大森　昇", "オオモリ　ノボル", "1950-12-01", Male, "父"),
			p("大森　千代", "オオモリ　チヨ", "1953-03-21", Female, "母"),
		}},
		{"東町五丁目18番7号", "東町五丁目18番地", []person{
			p("小林　義男", "コバヤシ　ヨシオ", "1955-11-11", Male, head),
			p("小林　新", "コバヤシ　アラタ", "2018-05-01", Male, "子の子"),
		}},
		{"山手一丁目22番5号", "山手一丁目22番地", []person{
			p("森", "モリ", "1994-09-09", Male, head), // a name of one character
		}},
		{"山手二丁目2番2号", "山手二丁目2番地", []person{
			p("藤井　直樹", "フジイ　ナオキ", "1983-01-08", Male, head).now(MovedOut, "2026-09-30"),
		}},
		{"山手二丁目5番16号", "山手二丁目5番地", []person{
			p("石川　清", "イシカワ　キヨシ", "1938-02-28", Male, head).now(Deceased, "2026-10-19"),
			p("石川　トメ", "イシカワ　トメ", "1940-07-30", Female, "妻"),
		}},
	}
}

// mihonPlain are neighbours; five of the households are held for reasons as common as they are dull.
func mihonPlain() []home {
	return []home{
		{"緑町一丁目3番1号", "緑町一丁目3番地", []person{
			p("山本　健", "ヤマモト　ケン", "1970-05-30", Male, head).held(UnderCorrection),
			p("山本　由美", "ヤマモト　ユミ", "1973-08-21", Female, "妻"),
		}},
		{"緑町一丁目8番15号", "緑町一丁目8番地", []person{
			p("中村　翔太", "ナカムラ　ショウタ", "1996-11-02", Male, head).held(ChangeInProgress),
			p("中村　美咲", "ナカムラ　ミサキ", "1997-04-18", Female, "妻").formerly("林", "ハヤシ"),
		}},
		{"港二丁目1番1号", "港二丁目1番地", []person{
			p("加藤　隆", "カトウ　タカシ", "1962-12-05", Male, head).held(UnderSurvey),
		}},
		{"港二丁目4番40号", "港二丁目4番地", []person{
			p("伊藤　誠", "イトウ　マコト", "1986-06-26", Male, head).held(NotConverted),
			p("伊藤　恵", "イトウ　メグミ", "1987-10-13", Female, "妻"),
			p("伊藤　陽菜", "イトウ　ヒナ", "2016-03-03", Female, "子"),
		}},
		{"南町一丁目19番3号", "南町一丁目19番地", []person{
			p("木村　正", "キムラ　タダシ", "1945-05-05", Male, head).held(StoppedByHolder),
		}},
		{"南町一丁目20番9号", "南町一丁目20番地", []person{
			p("清水　亮", "シミズ　リョウ", "1992-02-02", Male, head),
			p("清水　彩", "シミズ　アヤ", "1993-07-16", Female, "妻"),
			p("清水　悠斗", "シミズ　ユウト", "2021-01-20", Male, "子"),
		}},
	}
}
