"""Sentences to render, written for this project."""

ENGLISH = """
The quick brown fox jumps over the lazy dog near the river bank
Product sales rose by 12.5 % in the first quarter of 2021
Please return the signed form to the office before 17:30 on Friday
All illumination will fill the little hall until half past eleven
A vision toolkit runs on one backbone and reads every line twice
See https://example.org/docs/index.html for the list of settings
Invoice No. 20210917-A was paid on 3 May; the total is $1,482.50
"Are you sure?" she asked, and he said: "I will try it again."
WARNING: DO NOT OPEN THE COVER WHILE THE MACHINE IS RUNNING
Mr. J. R. Smith, 12 Elm Street, Springfield, IL 62704, U.S.A.
The well-known state-of-the-art method isn't as fast as it's said
Add 250 g of flour, 2 eggs, 1/2 l of milk and a pinch of salt
Version 3.14.15 fixes bugs #112, #115 and #120 (see page 42)
Write to reader@example.org or call +44 20 7946 0018 at any time
In my opinion it is of no use to us if we do not do it at once
My aunt wants to wait until autumn to travel to Vermont by train
He works in a law office; they only talk about win-win offers
Minimum aluminium communication in common commission rooms
Figure 7: Accuracy (top-1) against latency in ms, log scale
We jog at dawn and rest at noon if it is not too hot outside
Type A I to go on or Q to quit and then press Enter to confirm
The price is 9.99 EUR per m2 or 0.93 EUR per square foot
""".strip().splitlines()

GERMAN = """
Der Vertrag wurde am 3. Mai 2021 in München unterschrieben
Bitte füllen Sie das Formular vollständig und gut lesbar aus
Die Straßenbahn fährt alle zehn Minuten zum Hauptbahnhof ab
Größe und Gewicht stehen auf der Rückseite des Gerätes
Wir möchten Sie über die Änderung der Öffnungszeiten informieren
Die Rechnung über 1.234,56 € ist innerhalb von 14 Tagen fällig
Zur Prüfung gehören Übungen, z. B. Aufgabe 3 a) und 3 b)
Im Mittelalter war die Stadt von einer hohen Mauer umgeben
Kraftfahrzeug-Haftpflichtversicherung und Kfz-Steuer ab 2022
Frau Dr. Müller, Tel. 030 1234567, ist bis 16 Uhr im Büro
Er sagte: „Das ist nicht wahr!“ und ging, ohne sich umzusehen
ACHTUNG: VOR DEM ÖFFNEN DES GEHÄUSES NETZSTECKER ZIEHEN
Mit einem Klick auf die Schaltfläche wird die Datei gelöscht
Wenn wir im Winter in die Alpen fahren, nehmen wir Ski mit
Es ist viel zu still, um in aller Ruhe ein Bild zu malen
""".strip().splitlines()

CHINESE = """
文字识别是把图片里的文字变成可编辑文本的技术。
轻量级模型可以在普通的处理器上实时运行。
北京市海淀区上地十街10号，邮编100084
价格合计：¥1,280.00元（含税）
检测、方向分类、识别三个步骤依次进行
二〇二一年九月七日星期二，天气晴朗
小川三郎八日到四川旅行，住了十二天
""".strip().splitlines()

MIXED = """
PP-LCNet 网络结构简单，速度快，精度高。
请访问 www.example.org 下载 Windows 10 版本
会议室 Room 302 在三楼，联系电话：010-62345678
使用 Python 3.11 和 Rust 编写的 OCR 工具
型号 Model X-200 功率 1500 W 电压 220 V
订单 Order No. 4711 已于 2021 年发货
Wi-Fi 密码为 guest 2021，请勿外传
""".strip().splitlines()

PROSE = (
    "Reading a page is more than reading its lines. A person sees at once which lines belong together, where a column ends and where the "
    "next one begins, and never reads across the white strip between them. A program has only boxes to go by. It has to find the strip "
    "first, and to tell it from the gap between the name and the price on a receipt, where reading across is just what one wants. "
    "Headings that span both columns come before them, and what stands below the columns comes after. If the page was put on the scanner "
    "in a hurry it is turned by a few degrees, and what looked like one row is a staircase. All of this must not matter to the reader."
)

RECEIPT = [
    ("CORNER BAKERY", None),
    ("12 Mill Lane, Springfield", None),
    ("Tel. 555 0142", None),
    ("", None),
    ("Receipt 004711", "17.09.2021 08:42"),
    ("", None),
    ("2 x Wholemeal bread", "7.80"),
    ("Butter croissant", "1.95"),
    ("Cheese roll", "3.40"),
    ("Coffee, large", "3.20"),
    ("Orange juice 0.5 l", "2.75"),
    ("", None),
    ("TOTAL EUR", "19.10"),
    ("Cash", "20.00"),
    ("Change", "0.90"),
    ("", None),
    ("incl. 7 % VAT", "1.25"),
    ("", None),
    ("Thank you for your visit!", None),
]

SLIDE = ["Reading text on a plain CPU", ["Three small networks, one program", "3 MB of weights, no network connection",
         "Every line keeps its place on the page", "Same bytes in, same bytes out"]]

MESSAGES = [
    "Are you still at the station?", "The train is 25 minutes late", "No problem, I'll wait in the café", "Did you bring the 3 tickets?",
    "Yes, and the map as well", "Platform 9, next to the stairs", "See you at 18:40 then", "It is raining here, take a coat",
    "Mum says hello", "Tell her we'll call on Sunday", "What was the name of the hotel?", "Hotel Anna, Mill Lane 12",
    "Booked for 2 nights, 148 EUR", "Breakfast from 7 to 10", "Good night!",
]
