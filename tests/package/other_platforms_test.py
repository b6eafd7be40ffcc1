"""`beian-gate inspect` on packages of HarmonyOS and of Apple's platforms.

    other_platforms_test.py BUILD_DIR SIGNED_DIR [TEST…]
"""

import plistlib

import hap_index
from package_support import *

SIGNED = Path(sys.argv.pop(2)).resolve()
MODULE = {
    "app": {"bundleName": "cn.example.app", "versionCode": 1000000, "versionName": "1.0.0",
            "label": "示例应用", "minAPIVersion": 9, "targetAPIVersion": 12, "debug": True},
    "module": {"name": "entry", "requestPermissions": [{"name": "ohos.permission.INTERNET"},
                                                       {"name": "ohos.permission.CAMERA"},
                                                       {"name": "ohos.permission.CAMERA"}]}}
OLDER = {
    "app": {"bundleName": "cn.example.old", "version": {"code": 3, "name": "0.3"},
            "apiVersion": {"compatible": 5, "target": 6}},
    "deviceConfig": {"default": {"network": {"cleartextTraffic": True}}},
    "module": {"reqPermissions": [], "abilities": [{"label": "旧应用"}]}}
INFO = {
    "CFBundleIdentifier": "cn.example.ios", "CFBundleShortVersionString": "2.1",
    "CFBundleVersion": "210", "CFBundleName": "Example", "CFBundleDisplayName": "Example App",
    "MinimumOSVersion": "12.0", "UIDeviceFamily": [1, 2], "Count": 3, "Icon": b"\0\1",
    "NSAppTransportSecurity": {"NSAllowsArbitraryLoads": True}, "Notice": "京ICP备2023000001号-9A"}


class Hap(Case):
    def hap(self, name, module, entry="module.json"):
        return self.archive(name, {entry: json.dumps(module, ensure_ascii=False)})

    def test_todays_model(self):
        (app,) = self.inspect(self.hap("a.hap", MODULE))
        self.assertEqual(
            [app[name] for name in ("kind", "platform", "package", "version_name", "version_code",
                                    "label", "min_sdk", "target_sdk", "debuggable",
                                    "network_permission")],
            ["hap", "harmonyos", "cn.example.app", "1.0.0", "1000000", "示例应用", 9, 12, True, True])
        self.assertEqual([one["name"] for one in app["permissions"]],
                         ["ohos.permission.INTERNET", "ohos.permission.CAMERA"])
        self.assertFalse(app["signatures"]["hold"])

    def test_the_older_model(self):
        (app,) = self.inspect(self.hap("a.hap", OLDER, "config.json"))
        self.assertEqual(
            [app[name] for name in ("package", "version_name", "version_code", "label", "min_sdk",
                                    "target_sdk", "uses_cleartext", "network_permission")],
            ["cn.example.old", "0.3", "3", "旧应用", 5, 6, True, False])

    def labelled(self, index, app, entry="resources.index"):
        module = {**MODULE, "app": {**MODULE["app"], **app}}
        hap = {"module.json": json.dumps(module)}
        if index is not None:
            hap[entry] = index
        (found,) = self.inspect(self.archive("a.hap", hap))
        return found["label"], found["labels"], [one["code"] for one in found["oddities"]]

    def test_a_name_that_is_a_resource_is_looked_up(self):
        index = hap_index.build([
            ({}, {7: ("app_name", "Example"), 8: ("other", "Other")}),
            ({"language": "en", "region": "US"}, {7: ("app_name", "Example US")}),
            ({"language": "zh", "script": "Hans", "region": "CN"}, {7: ("app_name", "示例应用")}),
            ({"language": "zh", "region": "TW"}, {7: ("app_name", "範例")})])
        wanted = ("示例应用", {"default": "Example", "en-US": "Example US", "zh-Hans-CN": "示例应用",
                          "zh-TW": "範例"}, [])
        for app in ({"label": "$string:app_name"}, {"label": "$string:app_name", "labelId": 7},
                    {"label": "$string:renamed", "labelId": 7}):
            with self.subTest(app):
                self.assertEqual(self.labelled(index, app), wanted)
        for label in ("$string:app_name", "示例应用", ""):
            with self.subTest(label):
                self.assertEqual(self.labelled(index, {"label": label, "labelId": 8}),
                                 ("Other", {"default": "Other"}, []))
        self.assertEqual(self.labelled(index, {"label": "示例应用", "labelId": 0})[0], "示例应用")

    def test_texts_that_refer_to_texts_are_followed_to_an_end(self):
        index = hap_index.build([
            ({}, {1: ("a", "$string:2"), 2: ("b", "$string:3"), 3: ("c", "End")}),
            ({"language": "zh"}, {1: ("a", "$string:3")}),
            ({"language": "fr"}, {1: ("a", "$string:1")})])
        self.assertEqual(self.labelled(index, {"label": "$string:a"}),
                         ("End", {"default": "End", "zh": "End"}, []))

    def test_the_plainest_folder_of_a_language_counts(self):
        index = hap_index.build([
            ({"device": 4, "dark": 0}, {1: ("a", "tablet, dark")}), ({"device": 0}, {1: ("a", "phone")}),
            ({}, {1: ("a", "plain")}), ({"language": "zh", "dark": 0}, {1: ("a", "黑")})])
        self.assertEqual(self.labelled(index, {"label": "$string:a"}),
                         ("黑", {"default": "plain", "zh": "黑"}, []))

    def test_the_older_model_has_its_index_in_the_folder_of_its_module(self):
        index = hap_index.build([({}, {1: ("a", "旧")})])
        self.assertEqual(self.labelled(index, {"label": "$string:a"}, "assets/entry/resources.index")[0],
                         "旧")

    def test_a_name_that_is_nowhere_is_told(self):
        good = hap_index.build([({}, {1: ("a", "Name")})])
        nothing = ("", {}, ["label_unresolved"])
        for index in (None, b"", b"x" * 200, good[:140], good.replace(b"KEYS", b"KEYZ"),
                      good.replace(b"IDSS", b"IDSX")):
            with self.subTest(index):
                self.assertEqual(self.labelled(index, {"label": "$string:a"}), nothing)
        self.assertEqual(self.labelled(good, {"label": "$string:b"}), nothing)
        self.assertEqual(self.labelled(good, {"label": "$media:a", "labelId": 2}), nothing)

    def test_an_index_cut_or_flipped_anywhere_is_read_or_not(self):
        good = hap_index.build([({}, {1: ("a", "Name")}), ({"language": "zh"}, {1: ("a", "名")})])
        paths = []
        module = json.dumps({**MODULE, "app": {**MODULE["app"], "label": "$string:a"}})
        for i in range(128, len(good)):
            for name, index in (("cut", good[:i]), ("all", good[:i] + b"\xff" + good[i + 1:]),
                                ("one", good[:i] + bytes([good[i] ^ 1]) + good[i + 1:])):
                paths.append(self.archive(f"{name}{i}.hap",
                                          {"module.json": module, "resources.index": index}))
        for found in self.inspect(*paths):
            self.assertTrue(found["label"] or found["oddities"], found["file"])

    def test_a_container_is_one_app_with_the_permissions_of_all_parts(self):
        quiet = {"app": MODULE["app"], "module": {"name": "entry"}}
        feature = {"app": MODULE["app"], "module": {**MODULE["module"], "name": "feature"}}
        parts = {f"{name}.hap": self.hap(name, module).read_bytes()
                 for name, module in (("entry", quiet), ("feature", feature))}
        (app,) = self.inspect(self.archive("a.app", {**parts, "pack.info": "{}"}))
        self.assertTrue(app["network_permission"])
        self.assertEqual(app["splits"], ["feature"])

    def test_permissions_beyond_the_bound_are_told_and_looked_through_for_the_network(self):
        for more, network, odd in ((["x0"], False, []), (["x"], False, ["manifest_permissions"]),
                                   (["ohos.permission.INTERNET"], True, ["manifest_permissions"])):
            with self.subTest(more):
                names = [f"x{i}" for i in range(4096)] + more
                module = {**MODULE, "module": {"requestPermissions": [{"name": name} for name in names]}}
                (app,) = self.inspect(self.hap("a.hap", module))
                self.assertEqual(app["network_permission"], network)
                self.assertEqual(len(app["permissions"]), 4096)
                self.assertEqual([one["code"] for one in app["oddities"]], odd)

    def test_a_shared_package_is_a_part_that_stands_behind(self):
        quiet = {"app": MODULE["app"], "module": {"name": "entry"}}
        shared = {"app": {**MODULE["app"], "label": "shared"}, "module": {**MODULE["module"], "name": "lib"}}
        entry, lib = (self.hap(name, module).read_bytes()
                      for name, module in (("entry.hap", quiet), ("lib.hsp", shared)))
        (app,) = self.inspect(self.archive("a.app", {"lib.hsp": lib, "entry.hap": entry}))
        self.assertEqual((app["label"], app["splits"], app["network_permission"]),
                         ("示例应用", ["lib"], True))

    def test_a_part_that_another_signed_is_told(self):
        parts = {name: (SIGNED / f"{name}.pkg").read_bytes() for name in ("hap", "hap-ec", "hap-unsigned")}
        for first, second, is_one in (("hap", "hap", True), ("hap", "hap-ec", False),
                                      ("hap", "hap-unsigned", False), ("hap-unsigned", "hap", False)):
            for ending in ("hap", "hsp"):
                with self.subTest(second, first=first, ending=ending):
                    path = self.archive("a.app", {"entry.hap": parts[first], f"b.{ending}": parts[second]})
                    (app,) = gate("inspect", "--verify", path).rows()
                    self.assertEqual(app["signatures"]["digests_verified"], is_one)
                    self.assertEqual([(one["code"], one["where"]) for one in app["oddities"]],
                                     [] if is_one else [("part_signer", f"b.{ending}")])

    def test_numbers_that_are_left_out_are_told(self):
        for count, odd in ((32, []), (33, ["numbers_cut"])):
            numbers = " ".join(f"京ICP备2023000001号-{i + 1}A" for i in range(count))
            plist = plistlib.dumps({**INFO, "Notice": numbers})
            for path in (self.hap("a.hap", {**MODULE, "note": numbers}),
                         self.archive("a.ipa", {"Payload/Example.app/Info.plist": plist})):
                with self.subTest(path.name, count=count):
                    (app,) = self.inspect(path)
                    self.assertEqual(len(app["filing_numbers"]), 32)
                    codes = [one["code"] for one in app["oddities"]]
                    self.assertEqual([code for code in codes if code != "executable_missing"], odd)

    def test_descriptions_that_are_none_are_refused(self):
        for name, text in {"empty": "", "cut": "{", "list": "[]", "no bundle": "{}",
                           "number": '{"app":{"bundleName":7}}', "two": "{}{}",
                           "app twice": '{"app":{"bundleName":"a.b"},"app":{"bundleName":"c.d"}}',
                           "name twice": '{"app":{"bundleName":"a.b","bundle\\u004eame":"c.d"}}',
                           "in a list": '{"app":{"bundleName":"a.b"},"module":{"x":[{"n":1,"n":2}]}}',
                           "deep": "[" * 5000 + "]" * 5000}.items():
            with self.subTest(name):
                done = gate("inspect", self.archive("a.hap", {"module.json": text}))
                self.assertEqual(done.code, 65)
                self.assertIn("module.json", done.err)


class Ipa(Case):
    def ipa(self, info, **more):
        return self.archive("a.ipa", {"Payload/Example.app/Info.plist": info, **more})

    def test_both_forms_of_the_list_give_the_same(self):
        for form in (plistlib.FMT_BINARY, plistlib.FMT_XML):
            with self.subTest(str(form)):
                strings = plistlib.dumps({"CFBundleDisplayName": "示例应用"}, fmt=form)
                (app,) = self.inspect(self.ipa(plistlib.dumps(INFO, fmt=form), **{
                    "Payload/Example.app/zh-Hans.lproj/InfoPlist.strings": strings,
                    "Payload/Example.app/Frameworks/B.framework/Info.plist": b"another"}))
                self.assertEqual(
                    [app[name] for name in ("kind", "platform", "package", "version_name",
                                            "version_code", "label", "labels", "min_sdk",
                                            "uses_cleartext", "network_permission")],
                    ["ipa", "ios", "cn.example.ios", "2.1", "210", "示例应用",
                     {"default": "Example App", "zh-Hans": "示例应用"}, "12.0", True, None])
                self.assertEqual(app["filing_numbers"][0]["number"], "京ICP备2023000001号-9A")

    def test_a_language_that_is_json_is_a_text(self):
        name = 'a":"b"},"package":"cn.other","labels":{"c\n'
        strings = plistlib.dumps({"CFBundleDisplayName": "示例"})
        app = "Payload/Example.app/"
        (found,) = self.inspect(self.ipa(plistlib.dumps(INFO), **{
            f"{app}{name}.lproj/InfoPlist.strings": strings,
            f"{app}default.lproj/InfoPlist.strings": strings}))
        self.assertEqual((found["package"], found["labels"]),
                         ("cn.example.ios", {"default": "Example App", name: "示例"}))

    def test_two_apps_in_one_file_are_refused(self):
        for other in ("Payload/Another.app/Info.plist", "Payload/Another.app/Another"):
            done = gate("inspect", self.ipa(plistlib.dumps(INFO), **{other: plistlib.dumps(INFO)}))
            self.assertEqual(done.code, 65)
            self.assertIn("two apps in one file, Payload/Example.app/ and Payload/Another.app", done.err)
        (app,) = self.inspect(self.ipa(plistlib.dumps(INFO), **{
            "Payload/Example.app/Watch/W.app/Info.plist": plistlib.dumps(INFO)}))
        self.assertEqual(app["package"], "cn.example.ios")

    def test_texts_are_cut_to_whole_characters_that_fit_a_check(self):
        for form in (plistlib.FMT_BINARY, plistlib.FMT_XML):
            (app,) = self.inspect(self.ipa(plistlib.dumps({**INFO, "CFBundleDisplayName": "例" * 3000}, fmt=form)))
            self.assertEqual(app["label"], "例" * 1365)

    def test_lists_that_are_none_are_refused(self):
        binary = plistlib.dumps(INFO, fmt=plistlib.FMT_BINARY)
        nested = b'<?xml version="1.0"?><plist>' + b"<array>" * 300000 + b"</plist>"
        for name, text in {"empty": b"", "text": b"hello", "list": plistlib.dumps([1]),
                           "cut": binary[:-1], "magic alone": b"bplist00", "nested": nested,
                           "no bundle": plistlib.dumps({"a": "b"})}.items():
            with self.subTest(name):
                done = gate("inspect", self.ipa(text))
                self.assertEqual(done.code, 65, done.out)
                self.assertIn("Info.plist", done.err)

    def test_a_damaged_binary_list_is_refused_or_read(self):
        binary = plistlib.dumps(INFO, fmt=plistlib.FMT_BINARY)
        paths = []
        for at in range(0, len(binary), 3):
            flipped = bytearray(binary)
            flipped[at] ^= 0xFF
            paths.append(self.path(f"{at}.ipa"))
            with zipfile.ZipFile(paths[-1], "w") as archive:
                archive.writestr("Payload/Example.app/Info.plist", bytes(flipped))
        self.assertIn(gate("inspect", *paths).code, (0, 65))

    # Lists that hold the next one 200 times: as a tree, 10^18 nodes. Written by hand, because any
    # program that writes such a list would walk the tree as well.
    def test_an_exponential_list_costs_nothing(self):
        objects = [b"\xd2" + bytes([1, 2, 3, 4]), b"\x5f\x10\x12CFBundleIdentifier", b"\x51a",
                   b"\x5ecn.example.ios"]
        for level in range(4, 12):
            objects.append(b"\xaf\x10\xc8" + bytes([level + 1]) * 200)
        objects.append(b"\x51x")
        (app,) = self.inspect(self.ipa(self.binary(objects)))
        self.assertEqual(app["package"], "cn.example.ios")

    @staticmethod
    def binary(objects):
        data, offsets = b"bplist00", b""
        for one in objects:
            offsets += len(data).to_bytes(2, "big")
            data += one
        trailer = b"\0" * 6 + bytes([2, 1]) + b"".join(
            number.to_bytes(8, "big") for number in (len(objects), 0, len(data)))
        return data + offsets + trailer

    def test_a_binary_list_with_a_key_twice_is_refused(self):
        key = b"\x5f\x10\x12CFBundleIdentifier"
        (app,) = self.inspect(self.ipa(self.binary([b"\xd1\1\2", key, b"\x5ecn.example.ios"])))
        self.assertEqual(app["package"], "cn.example.ios")
        twice = [b"\xd2\1\1\2\3", key, b"\x5ecn.example.ios", b"\x5ecn.example.two"]
        done = gate("inspect", self.ipa(self.binary(twice)))
        self.assertEqual(done.code, 65)
        self.assertIn("a damaged binary property list", done.err)


if __name__ == "__main__":
    main()
