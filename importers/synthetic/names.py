"""Seeded street and place names as Moroccan cities have them, in French, Arabic and English; no real places."""

from __future__ import annotations

import numpy as np
import pandas as pd

# Scholars, travellers, rulers, poets, cities, dates, mountains, rivers, trees, flowers: French, Arabic, English.
_PEOPLE_AND_PLACES = """
Ibn Batouta|ابن بطوطة|Ibn Battuta;Ibn Rochd|ابن رشد|Ibn Rushd;Ibn Khaldoun|ابن خلدون|Ibn Khaldun
Ibn Sina|ابن سينا|Ibn Sina;Al Idrissi|الإدريسي|Al-Idrisi;Al Kindi|الكندي|Al-Kindi
Al Farabi|الفارابي|Al-Farabi;Al Khawarizmi|الخوارزمي|Al-Khwarizmi;Ibn Zohr|ابن زهر|Ibn Zuhr
Ibn Toufail|ابن طفيل|Ibn Tufail;Ibn Tachfine|ابن تاشفين|Ibn Tashfin;Ibn Toumert|ابن تومرت|Ibn Tumart
Fatima Al Fihria|فاطمة الفهرية|Fatima al-Fihri;Al Khansaa|الخنساء|Al-Khansa
Sayida Al Horra|السيدة الحرة|Sayyida al-Hurra;Zaynab Nefzaouia|زينب النفزاوية|Zaynab an-Nafzawiyya
Tarik Ibn Ziad|طارق بن زياد|Tariq ibn Ziyad;Moussa Ibn Noussair|موسى بن نصير|Musa ibn Nusayr
Yacoub El Mansour|يعقوب المنصور|Yaqub al-Mansur;Ahmed El Mansour|أحمد المنصور|Ahmad al-Mansur
Moulay Idriss|مولاي إدريس|Moulay Idriss;Omar Khayam|عمر الخيام|Omar Khayyam
Al Moutanabi|المتنبي|Al-Mutanabbi;Al Maârri|المعري|Al-Maarri;Jarir|جرير|Jarir;Al Jahid|الجاحظ|Al-Jahiz
Al Boukhari|البخاري|Al-Bukhari;Al Ghazali|الغزالي|Al-Ghazali;Ibn Hazm|ابن حزم|Ibn Hazm
Ibn Arabi|ابن عربي|Ibn Arabi;Ziryab|زرياب|Ziryab;Fès|فاس|Fez;Meknès|مكناس|Meknes;Marrakech|مراكش|Marrakesh
Tanger|طنجة|Tangier;Tétouan|تطوان|Tetouan;Oujda|وجدة|Oujda;Agadir|أكادير|Agadir;Essaouira|الصويرة|Essaouira
Safi|آسفي|Safi;El Jadida|الجديدة|El Jadida;Larache|العرائش|Larache;Ifrane|إفران|Ifrane;Taza|تازة|Taza
Azilal|أزيلال|Azilal;Ouarzazate|ورزازات|Ouarzazate;Zagora|زاكورة|Zagora;Errachidia|الرشيدية|Errachidia
Figuig|فكيك|Figuig;Settat|سطات|Settat;Laâyoune|العيون|Laayoune;Dakhla|الداخلة|Dakhla;Guelmim|كلميم|Guelmim
Tarfaya|طرفاية|Tarfaya;Sefrou|صفرو|Sefrou;Chefchaouen|شفشاون|Chefchaouen;Grenade|غرناطة|Granada
Cordoue|قرطبة|Cordoba;Séville|إشبيلية|Seville;Bagdad|بغداد|Baghdad;Damas|دمشق|Damascus
Le Caire|القاهرة|Cairo;Tunis|تونس|Tunis;Alger|الجزائر|Algiers;Tripoli|طرابلس|Tripoli
Nouakchott|نواكشوط|Nouakchott;Dakar|داكار|Dakar;Al Qods|القدس|Jerusalem;Atlas|الأطلس|Atlas
Toubkal|توبقال|Toubkal;Rif|الريف|Rif;Zerhoun|زرهون|Zerhoun;Souss|سوس|Souss;Sebou|سبو|Sebou
Oum Er Rbia|أم الربيع|Oum Er-Rbia;Moulouya|ملوية|Moulouya;Bou Regreg|أبي رقراق|Bou Regreg;Drâa|درعة|Draa
Tafilalet|تافيلالت|Tafilalt;Doukkala|دكالة|Doukkala;Chaouia|الشاوية|Chaouia;Jasmin|الياسمين|Jasmine
Orangers|البرتقال|Orange Trees;Oliviers|الزيتون|Olive Trees;Palmiers|النخيل|Palm Trees;Roses|الورود|Roses
Arganiers|الأركان|Argan Trees;Cèdres|الأرز|Cedars;Mimosas|الميموزا|Mimosas;Jacarandas|الجاكاراندا|Jacarandas
Acacias|الأكاسيا|Acacias;Lauriers|الرند|Laurels;Amandiers|اللوز|Almond Trees
Grenadiers|الرمان|Pomegranate Trees;Hirondelles|السنونو|Swallows;Cigognes|اللقالق|Storks
2 Mars|2 مارس|2 March;11 Janvier|11 يناير|11 January;16 Novembre|16 نونبر|16 November
18 Novembre|18 نونبر|18 November;20 Août|20 غشت|20 August;Marche Verte|المسيرة الخضراء|Green March
Indépendance|الاستقلال|Independence;Liberté|الحرية|Liberty;Union|الاتحاد|Union;Paix|السلام|Peace
Fraternité|الأخوة|Brotherhood;Jeunesse|الشباب|Youth;Espoir|الأمل|Hope;Phare|المنارة|Lighthouse
Corniche|الكورنيش|Corniche;Port|الميناء|Port;Gare|المحطة|Station;Marché|السوق|Market
Fontaine|النافورة|Fountain;Théâtre|المسرح|Theatre
"""
NAMES = pd.DataFrame(
    [entry.split("|") for line in _PEOPLE_AND_PLACES.split("\n") for entry in line.split(";") if entry],
    columns=["fr", "ar", "en"],
)
_ARTICLE = {
    "Atlas": "de l'",
    "Rif": "du ",
    "Jasmin": "du ",
    "Union": "de l'",
    "Indépendance": "de l'",
    "Liberté": "de la ",
    "Paix": "de la ",
    "Fraternité": "de la ",
    "Jeunesse": "de la ",
    "Espoir": "de l'",
    "Phare": "du ",
    "Corniche": "de la ",
    "Port": "du ",
    "Gare": "de la ",
    "Marché": "du ",
    "Fontaine": "de la ",
    "Théâtre": "du ",
    "Marche Verte": "de la ",
    "Oliviers": "des ",
    "Orangers": "des ",
    "Palmiers": "des ",
    "Roses": "des ",
    "Arganiers": "des ",
    "Cèdres": "des ",
    "Mimosas": "des ",
    "Jacarandas": "des ",
    "Acacias": "des ",
    "Lauriers": "des ",
    "Amandiers": "des ",
    "Grenadiers": "des ",
    "Hirondelles": "des ",
    "Cigognes": "des ",
    "2 Mars": "du ",
    "11 Janvier": "du ",
    "16 Novembre": "du ",
    "18 Novembre": "du ",
    "20 Août": "du ",
    "Souss": "du ",
    "Sebou": "du ",
    "Drâa": "du ",
    "Tafilalet": "du ",
    "Bou Regreg": "du ",
}
# What comes before a name: French, Arabic, English and whether English puts it last.
_KINDS = {
    "rue": ("Rue", "زنقة", "Street", True),
    "avenue": ("Avenue", "شارع", "Avenue", True),
    "boulevard": ("Boulevard", "شارع", "Boulevard", True),
    "derb": ("Derb", "درب", "Derb", False),
    "allee": ("Allée", "ممر", "Lane", True),
    "route": ("Route", "طريق", "Road", True),
    "piste": ("Chemin", "مسلك", "Track", True),
    "motorway": ("Rocade", "المدار السريع", "Bypass", True),
    "park": ("Parc", "منتزه", "Park", True),
    "garden": ("Jardin", "حديقة", "Garden", True),
    "square": ("Square", "ساحة", "Square", True),
    "forest": ("Bois", "غابة", "Wood", True),
    "cemetery": ("Cimetière", "مقبرة", "Cemetery", True),
    "sports": ("Stade", "ملعب", "Stadium", True),
    "playground": ("Aire de jeux", "فضاء ألعاب", "Playground", True),
    "grass": ("Pelouse", "مساحة خضراء", "Green", True),
    "station": ("Station", "محطة", "Station", True),
    "footway": ("Passage", "ممر", "Passage", True),
}


def named(kinds: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """A name in each language for each kind of thing, such as "rue" or "park"; names recur, as in real cities."""
    weight = 1 / np.arange(2, len(NAMES) + 2) ** 0.5
    pick = NAMES.iloc[
        rng.choice(len(NAMES), len(kinds), p=rng.permutation(weight) / weight.sum())
    ].reset_index(drop=True)
    return _composed(kinds, pick)


def numbered(kinds: np.ndarray, numbers: np.ndarray) -> pd.DataFrame:
    """`Rue 14`, as the large estates have them."""
    text = pd.Series(numbers.astype(int).astype(str))
    return _composed(kinds, pd.DataFrame({"fr": text, "ar": text, "en": text}), english_last=False)


def _composed(kinds: np.ndarray, proper: pd.DataFrame, *, english_last: bool = True) -> pd.DataFrame:
    rows = [
        _three(kind, fr, ar, en, english_last)
        for kind, (fr, ar, en) in zip(kinds, proper.to_numpy(), strict=True)
    ]
    return pd.DataFrame(rows, columns=["name_fr", "name_ar", "name_en"])


def _three(kind: str, fr: str, ar: str, en: str, english_last: bool) -> tuple[str, str, str]:
    head_fr, head_ar, head_en, last = _KINDS[kind]
    english = f"{en} {head_en}" if last and english_last else f"{head_en} {en}"
    return f"{head_fr} {_ARTICLE.get(fr, '')}{fr}", f"{head_ar} {ar}", english
