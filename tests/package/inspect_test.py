"""`beian-gate inspect` compared with `aapt dump badging`, field by field, on packages that aapt
makes.

    inspect_test.py BUILD_DIR [TEST…]
"""

import plistlib

from package_support import *

SDK = '<uses-sdk android:minSdkVersion="{}" android:targetSdkVersion="{}"/>'
BOTH = {"values": {"app_name": "Example"}, "values-zh-rCN": {"app_name": "示例应用"}}

# name: arguments of apks.make()
MADE = {
    "least": {"root": "", "application": ""},
    "plain": {},
    "sdk": {"children": SDK.format(21, 34)},
    "sdk of a codename": {"children": SDK.format("Q", "R")},
    "permissions": {"children": INTERNET + '<uses-permission android:name="a.b.C"/>'},
    "permission up to a level":
        {"children": '<uses-permission android:name="a.b.C" android:maxSdkVersion="28"/>'},
    "debuggable": {"application": 'android:label="x" android:debuggable="true"'},
    "not debuggable": {"application": 'android:label="x" android:debuggable="false"'},
    "test only": {"application": 'android:label="x" android:testOnly="true"'},
    "label of two languages": {"application": 'android:label="@string/app_name"', "strings": BOTH},
    "label of many languages": {
        "application": 'android:label="@string/app_name"',
        "strings": {f"values{suffix}": {"app_name": f"name{suffix}"} for suffix in
                    ("", "-zh", "-zh-rTW", "-zh-rHK", "-en", "-en-rGB", "-fr", "-b+sr+Latn",
                     "-fil", "-es-rUS", "-b+es+419")}},
    "label through a chain": {
        "application": 'android:label="@string/one"',
        "strings": {"values": {"one": "@string/two", "two": "@string/three", "three": "End"},
                    "values-zh-rCN": {"three": "终点"}}},
    "label of rare characters": {"application": 'android:label="𠮷野家 👍 é &amp; &lt;b&gt;"'},
    "label of qualifiers": {
        "application": 'android:label="@string/app_name"',
        "strings": {"values": {"app_name": "plain"}, "values-v21": {"app_name": "new"},
                    "values-land": {"app_name": "wide"}}},
    "version in resources": {
        "root": 'android:versionCode="2147483647" android:versionName="@string/version"',
        "strings": {"values": {"version": "9.8.7-beta"}}},
    "version of odd text": {"root": 'android:versionCode="0" android:versionName="版本 1"'},
    "longest name": {"package": "cn." + "a" * 200 + ".app"},
}


class Badging(Case):
    def compare(self, apk):
        wanted, (given,) = apks.badging(apk), self.inspect(apk)
        for field in ("package", "min_sdk", "target_sdk", "permissions"):
            self.assertEqual(given[field], wanted[field], field)
        self.assertEqual(given["version_name"], wanted["version_name"] or "")
        # aapt does not print a version code of 0.
        self.assertEqual(int(given["version_code"] or 0), int(wanted["version_code"] or 0))
        for field in ("debuggable", "test_only"):
            self.assertEqual(given[field] or False, wanted[field], field)
        for locale, label in wanted["labels"].items():
            ours = given["labels"]
            self.assertEqual(ours.get(locale, ours.get("default", "")), label, locale)
        self.assertEqual(given["network_permission"],
                         {"name": "android.permission.INTERNET"} in wanted["permissions"])
        self.assertEqual([one["code"] for one in given["oddities"]], [])

    def test_every_field_is_that_of_aapt(self):
        for name, made in MADE.items():
            with self.subTest(name):
                self.compare(apks.make(self.folder, name, **made))

    def test_of_packages_made_by_others_too(self):
        real = sorted((Path(__file__).parent / "node_modules").rglob("*.apk"))
        self.assertGreater(len(real), 2, "run ./dev setup")
        for apk in real:
            with self.subTest(apk.name):
                self.compare(apk)


class Label(Case):
    def labels(self, *suffixes):
        apk = apks.make(self.folder, "a", application='android:label="@string/app_name"', strings={
            f"values{suffix}": {"app_name": f"name{suffix}", "other": "x"} for suffix in suffixes})
        return self.inspect(apk)[0]["label"]

    def test_simplified_chinese_comes_first(self):
        self.assertEqual(self.labels("", "-zh", "-zh-rCN", "-zh-rTW", "-en"), "name-zh-rCN")

    def test_traditional_chinese_is_no_substitute_for_the_default(self):
        self.assertEqual(self.labels("", "-zh-rTW", "-zh-rHK"), "name")

    def test_a_label_without_a_default_is_that_of_the_language(self):
        apk = apks.make(self.folder, "a", application='android:label="@string/app_name"', strings={
            "values": {"other": "x"}, "values-zh-rCN": {"app_name": "示例应用"},
            "values-en": {"app_name": "Example"}})
        self.assertEqual(self.inspect(apk)[0]["label"], "示例应用")

    def test_chinese_of_no_country_is_one(self):
        self.assertEqual(self.labels("", "-zh", "-zh-rTW"), "name-zh")


class Numbers(Case):
    def found(self, text, **more):
        apk = apks.make(self.folder, "a", extra={"assets/about.html": text.encode()}, **more)
        return [(one["number"], one["app"]) for one in self.inspect(apk)[0]["filing_numbers"]]

    def test_numbers_in_assets_are_found_with_what_they_are_of(self):
        self.assertEqual(
            self.found("<p>备案号：京ICP备2023000001号-1A</p><p>网站 粤ＩＣＰ备14023066号－2 和 B2</p>"
                       "京ICP备2023000001号-1A again, 粤B2-20090059-5A"),
            [("京ICP备2023000001号-1A", True), ("粤ICP备14023066号-2", False),
             ("粤B2-20090059-5A", True)])

    def test_a_licence_behind_a_token_keeps_its_province(self):
        self.assertEqual(self.found("粤ICP证B2-20090059-5A, 沪ICP证：沪B2-20100043-2A"),
                         [("粤B2-20090059-5A", True), ("沪B2-20100043-2A", True)])

    def test_what_only_looks_like_one_is_not_found(self):
        self.assertEqual(self.found("ICP备, 萌ICP备20230001号, 京ICP备123号, icp.js, B2-1, 京ICP备"), [])

    def test_numbers_in_resources_and_manifest_are_found(self):
        children = '<meta-data android:name="n" android:value="京ICP备2023000001号-3A"/>'
        self.assertEqual(
            self.found("", application='android:label="@string/app_name"', children=children,
                       strings={"values": {"app_name": "x", "icp": "京ICP备2023000001号-2A"}}),
            [("京ICP备2023000001号-3A", True), ("京ICP备2023000001号-2A", True)])


class Parts(Case):
    def parts(self):
        base = apks.make(self.folder, "base", application='android:label="@string/app_name"',
                         children=INTERNET, strings={"values": {"app_name": "Example"}})
        split = apks.make(self.folder, "zh", root='android:versionCode="7" split="config.zh"',
                          application='android:label="x"',
                          strings={"values-zh-rCN": {"app_name": "示例应用"}})
        return base.read_bytes(), split.read_bytes()

    def test_a_container_is_one_app_in_the_texts_of_all_parts(self):
        base, split = self.parts()
        for name, entries in {"a.apks": {"toc.pb": b"", "splits/base-zh.apk": split,
                                         "splits/base-master.apk": base},
                              "a.xapk": {"manifest.json": b"{}", "base.apk": base,
                                         "config.zh.apk": split}}.items():
            with self.subTest(name):
                (app,) = self.inspect(self.archive(name, entries))
                self.assertEqual(app["package"], "cn.example.app")
                self.assertEqual(app["label"], "示例应用")
                self.assertEqual(app["splits"], ["config.zh"])
                self.assertTrue(app["network_permission"])

    def test_each_base_of_a_container_may_be_the_one_that_is_installed(self):
        quiet, loud = (apks.make(self.folder, name, children=children).read_bytes()
                       for name, children in (("quiet", ""), ("loud", INTERNET)))
        for first, second in ((quiet, loud), (loud, quiet)):
            (app,) = self.inspect(self.archive("a.apks", {"standalones/a.apk": first,
                                                          "standalones/b.apk": second}))
            self.assertTrue(app["network_permission"])
            self.assertEqual([one["name"] for one in app["permissions"]],
                             ["android.permission.INTERNET"])

    def test_tables_of_all_parts_have_one_bound(self):
        base, _ = self.parts()
        split = apks.make(self.folder, "split", root='split="x"')
        with zipfile.ZipFile(split, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr("resources.arsc", bytes(100 << 20))
        parts = {f"{i}.apk": split.read_bytes() for i in range(3)}
        (app,) = self.inspect(self.archive("a.apks", {"base.apk": base, **parts}))
        bound = [one["where"] for one in app["oddities"] if "the tables have more than" in one["detail"]]
        self.assertEqual((bound, app["label"]), (["2.apk/resources.arsc"], "Example"))

    def test_names_of_parts_are_printed_so_that_they_can_be_read(self):
        inner = self.archive("in.apk", {"AndroidManifest.xml": b"junk junk junk"}).read_bytes()
        other = self.archive("in.apk", {"readme.txt": b""}).read_bytes()
        for part in (inner, other):
            done = gate("inspect", self.archive("a.apks", {"\x1b[31m\nbeian-gate: fine.apk": part}))
            self.assertEqual(done.code, 65)
            self.assertIn("\\u{1B}[31m\\u{A}beian-gate: fine.apk", done.err)
            self.assertEqual(done.err.count("\n"), 1)

    def test_a_split_of_its_own_says_that_it_is_one(self):
        _, split = self.parts()
        (app,) = self.inspect(self.write("a.apk", split))
        self.assertEqual(app["split"], "config.zh")

    def test_parts_of_two_packages_are_no_app(self):
        base, _ = self.parts()
        other = apks.make(self.folder, "other", package="cn.example.other").read_bytes()
        done = gate("inspect", self.archive("a.apks", {"a.apk": base, "b.apk": other}))
        self.assertEqual(done.code, 65)
        self.assertIn("b.apk/AndroidManifest.xml: its package is cn.example.other", done.err)


class Kinds(Case):
    """What is at the root of a file decides what it is, whatever other packages are inside it."""

    MODULE = json.dumps({"app": {"bundleName": "cn.example.hm"}, "module": {"name": "entry"}})
    INFO = plistlib.dumps({"CFBundleIdentifier": "cn.example.ios"})
    PLIST = "Payload/E.app/Info.plist"

    def setUp(self):
        super().setUp()
        self.apk = apks.make(self.folder, "inner")

    def test_a_package_among_the_files_of_an_app_is_none_of_its_parts(self):
        apk, hap = self.apk.read_bytes(), self.archive("inner.hap", {"module.json": self.MODULE}).read_bytes()
        for kind, package, entries in (
                ("hap", "cn.example.hm", {"module.json": self.MODULE, "resources/rawfile/a.apk": apk}),
                ("hap", "cn.example.hm", {"module.json": self.MODULE, "helper.apk": apk}),
                ("hap", "cn.example.hm", {"config.json": self.MODULE, "assets/entry/a.APK": apk}),
                ("hap", "cn.example.hm", {"entry.hap": hap, "resources/rawfile/a.apk": apk}),
                ("ipa", "cn.example.ios", {self.PLIST: self.INFO, "Payload/E.app/a.apk": apk}),
                ("ipa", "cn.example.ios", {self.PLIST: self.INFO, "a.apk": apk, "a.hap": hap}),
                ("ipa", "cn.example.ios", {self.PLIST: self.INFO, "config.json": "{}"}),
                ("apk", "cn.example.app", {"base.apk": apk, "config.json": "[]"}),
                ("apk", "cn.example.app", {"splits/base.apk": apk, "assets/a.hap": hap})):
            with self.subTest(str(list(entries))):
                (app,) = self.inspect(self.archive("a.zip", entries))
                self.assertEqual((app["kind"], app["package"]), (kind, package))

    def test_a_package_of_two_platforms_is_refused(self):
        apk, hap = self.apk.read_bytes(), self.archive("inner.hap", {"module.json": self.MODULE}).read_bytes()
        with zipfile.ZipFile(self.apk) as archive:
            manifest = {"AndroidManifest.xml": archive.read("AndroidManifest.xml")}
        for which, entries in (("APK and HAP", {**manifest, "module.json": self.MODULE}),
                               ("APK and HAP", {**manifest, "config.json": "{ no JSON"}),
                               ("APK and IPA", {**manifest, self.PLIST: self.INFO}),
                               ("HAP and IPA", {"module.json": self.MODULE, self.PLIST: self.INFO}),
                               ("APK and HAP", {"a.apk": apk, "a.hap": hap})):
            with self.subTest(which + str(list(entries))):
                done = gate("inspect", self.archive("a.zip", entries))
                self.assertEqual((done.code, done.out), (65, ""))
                self.assertIn(which, done.err)

    def test_an_app_may_have_a_config_json_of_its_own(self):
        with zipfile.ZipFile(self.apk, "a") as archive:
            archive.writestr("config.json", '{"name": "x"}')
        self.assertEqual(self.inspect(self.apk)[0]["kind"], "apk")


class Errors(Case):
    def test_each_names_its_file_and_the_other_files_are_still_told(self):
        good = apks.make(self.folder, "good")
        bad = {"empty.apk": b"", "text.apk": b"hello", "cut.apk": good.read_bytes()[:-1]}
        paths = [self.write(name, data) for name, data in bad.items()]
        paths.append(self.archive("other.zip", {"readme.txt": "x"}))
        done = gate("inspect", *paths, good)
        self.assertEqual(done.code, 65)
        self.assertEqual([row["file"] for row in done.rows()], [str(good)])
        for path in paths:
            self.assertIn(f"beian-gate: {path}: ", done.err)
        self.assertIn("neither APK, HAP nor IPA", done.err)

    def test_a_file_that_is_not_there_is_unavailable(self):
        done = gate("inspect", self.path("nothing.apk"))
        self.assertEqual((done.code, done.out), (69, ""))
        self.assertIn("nothing.apk", done.err)

    def test_no_file_is_a_usage_error(self):
        self.assertEqual(gate("inspect").code, 64)


if __name__ == "__main__":
    main()
