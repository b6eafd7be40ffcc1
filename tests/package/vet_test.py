"""`beian-gate vet` on folders as a device maker has them.

    vet_test.py BUILD_DIR SIGNED_DIR [TEST…]
"""

import datetime
import os
import plistlib

from apk_block import Apk
from package_support import *

SIGNED = Path(sys.argv.pop(2)).resolve()
SETTINGS = Path(__file__).parents[2] / "fixtures/system/priv-app/Settings/Settings.apk"


class Vet(Case):
    @classmethod
    def setUpClass(cls):
        cls.made = tempfile.TemporaryDirectory(prefix="beian-vet-")
        cls.addClassCleanup(cls.made.cleanup)
        apk = apks.make(cls.made.name, "pass", package=PLACEHOLDER, children=INTERNET,
                        application='android:label="测试应用"')
        cls.known = apks.renamed(apk, PLACEHOLDER, PASS)
        cls.unknown = apks.renamed(apk, PLACEHOLDER, "cn.example.unknown")
        cls.quiet = apks.make(cls.made.name, "quiet", package="cn.example.clock").read_bytes()

    def vet(self, *arguments):
        return gate("vet", *arguments, "--output", "ndjson")

    def codes(self, row):
        return [finding["code"] for finding in row["findings"]]

    def registry(self, platform, path):
        """A registry that files the package at `path` with its certificate, and the digest of that."""
        (app,) = self.inspect(path)
        (signer,) = [one for one in app["signatures"]["signers"] if one["counts"]]
        digest = signer["certificate"]["sha256"]
        return digest, self.built({
            "number": "京ICP备2023000001号-1A", "names": ["示例"], "platforms": [
                {"os": platform, "package": app["package"], "fingerprints": [digest]}]})

    def built(self, service):
        """A registry of one service."""
        subject = {"record": "subject", "id": 1, "number": "京ICP备2023000001号", "sponsor": "示例",
                   "status": "filed"}
        service = {"record": "service", "id": 2, "subject_id": 1, "status": "filed", **service}
        feed = self.write("feed.ndjson", "".join(json.dumps(one) + "\n"
                                                 for one in (subject, service)).encode())
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        built = gate("registry", "build", feed, "-o", self.folder / "registry.snap", "--serial", 1,
                     "--as-of", now)
        self.assertEqual(built.code, 0, built.err)
        return self.folder / "registry.snap"

    def test_a_known_package_without_a_number_is_resolved(self):
        done = self.vet(self.write("app.apk", self.known))
        self.assertEqual(done.code, 0, done.err)
        (row,) = done.rows()
        self.assertEqual((row["decision"], row["filing_number"]), ("allow", "京ICP备2099000000号-1A"))
        self.assertIn("NUMBER_RESOLVED", self.codes(row))

    def test_an_unknown_package_is_denied(self):
        done = self.vet(self.write("app.apk", self.unknown))
        self.assertEqual(done.code, 1)
        self.assertEqual(self.codes(done.rows()[0]), ["NUMBER_MISSING"])

    def test_folders_are_walked_and_rows_are_in_order_whatever_the_threads(self):
        for i in range(30):
            self.write(f"system/{i % 3}/app{i:02}.apk", self.known if i % 2 else self.unknown)
        self.write("system/readme.txt", b"no package")
        one = self.vet(self.folder, "--threads", 1)
        many = self.vet(self.folder, "--threads", 7)
        self.assertEqual(one.code, 1)
        self.assertEqual(one.out, many.out)
        ids = [row["id"] for row in one.rows()]
        self.assertEqual(ids, sorted(ids))
        self.assertEqual(len(ids), 30)

    def test_what_cannot_be_read_is_a_bad_row_that_says_why(self):
        self.write("a.apk", self.known)
        bad = self.write("b.apk", b"not a package")
        done = self.vet(self.folder)
        self.assertEqual(done.code, 0)
        row = done.rows()[1]
        self.assertEqual(row["id"], str(bad))
        self.assertIn("not a ZIP archive", row["problem"]["detail"])
        self.assertEqual((row["problem"]["type"], row["problem"]["status"]),
                         ("urn:beian-gate:problem:package-unreadable", 400))
        self.assertIn(f"cannot be judged: {bad}", done.err)
        self.assertEqual(self.vet(self.folder, "--strict").code, 65)
        self.assertEqual(self.vet(bad).code, 65)

    def test_what_cannot_be_looked_at_is_a_bad_row_and_not_passed_over(self):
        self.write("a.apk", self.known)
        os.symlink("nothing", self.folder / "dead.apk")
        os.symlink("loop.apk", self.folder / "loop.apk")
        os.symlink(self.folder, self.folder / "folder.apk")
        os.mkfifo(self.folder / "pipe.apk")
        (self.folder / "in.apk").mkdir()
        self.write("in.apk/b.apk", self.known)
        done = self.vet(self.folder)
        told = {Path(row["id"]).name: row.get("problem", {}).get("detail") for row in done.rows()}
        self.assertEqual(sorted(told), ["a.apk", "b.apk", "dead.apk", "loop.apk", "pipe.apk"])
        self.assertEqual((told["a.apk"], told["b.apk"]), (None, None))
        self.assertIn("dead.apk: No such file", told["dead.apk"])
        self.assertIn("not a regular file", told["pipe.apk"])
        self.assertEqual(done.code, 0)
        self.assertEqual(self.vet(self.folder, "--strict").code, 65)

    def test_a_folder_that_cannot_be_read_is_a_bad_row(self):
        self.write("a.apk", self.known)
        self.write("locked/b.apk", self.known)
        self.path("locked").chmod(0)
        self.addCleanup(self.path("locked").chmod, 0o700)
        self.folder.chmod(0o755)
        done = gate("vet", self.folder, "--output", "ndjson", powerless=True)
        rows = done.rows()
        self.assertEqual([Path(row["id"]).name for row in rows], ["a.apk", "locked"])
        self.assertIn("locked: Permission denied", rows[1]["problem"]["detail"])

    def trusted(self, path):
        (package,) = self.inspect(path)
        return package["signatures"]["signers"][0]["certificate"]["sha256"]

    def test_what_a_trusted_certificate_signed_is_told_and_not_checked(self):
        self.write("settings.apk", SETTINGS.read_bytes())
        done = self.vet(self.folder, "--trusted-cert", self.trusted(SETTINGS))
        self.assertEqual((done.code, done.out), (0, ""))
        self.assertIn("signed with a trusted certificate, not checked: 1", done.err)

    def test_a_signing_block_of_another_package_is_no_signature(self):
        signed, graft = Apk(SETTINGS.read_bytes()), Apk(self.unknown)
        self.write("graft.apk", graft.bytes(signed.block()))
        for more in ((), ("--trusted-cert", self.trusted(SETTINGS)), ("--offline",)):
            done = self.vet(self.folder, *more)
            self.assertEqual(done.code, 65, done.err)
            self.assertIn("the signature does not hold for all of its contents: v3 block: the "
                          "contents are not those that were signed",
                          done.rows()[0]["problem"]["detail"])
            self.assertIn("cannot be judged: ", done.err)
            self.assertNotIn("not checked", done.err)
        self.write("good.apk", self.known)
        self.assertEqual(self.vet(self.folder, "--quiet").code, 2, "not all is allowed")

    def test_a_signature_of_an_ipa_says_nothing_about_its_contents(self):
        leaf, registry = self.registry("ios", SIGNED / "ipa.pkg")
        done = self.vet(SIGNED / "ipa.pkg", "--registry", registry, "--trusted-cert", leaf)
        self.assertEqual(done.rows()[0]["assurance"], "package")
        self.assertIn("of an IPA are not compared with its signature, checked without a "
                      "certificate: 1", done.err)

    def test_a_certificate_counts_where_it_signed_all_of_the_contents(self):
        for name, platform in (("rsa2048-v123.apk", "android"), ("rsa2048-v1.apk", "android"),
                               ("hap.pkg", "harmonyos")):
            with self.subTest(name):
                _, registry = self.registry(platform, SIGNED / name)
                (row,) = self.vet(SIGNED / name, "--registry", registry).rows()
                self.assertEqual((row["decision"], row["assurance"]), ("allow", "certificate"))

    def test_a_package_that_says_too_much_to_be_judged_is_not_passed_over(self):
        texts = {"bundleName": "cn.example.long", "label": "x" * 4095 + "长", "versionName": "\x01" * 4096}
        hap = lambda app: {"module.json": json.dumps({"app": app, "module": {"name": "entry"}})}
        self.write("known.apk", self.known)
        self.archive("long.hap", hap(texts))
        rows = self.vet(self.folder).rows()
        self.assertEqual(self.codes(rows[1]), ["NUMBER_MISSING"])
        texts = {name: "\x01" * 4096 for name in texts}
        long = self.archive("long.hap", hap(texts))
        done = self.vet(self.folder)
        self.assertEqual(done.code, 2, "not all is allowed")
        self.assertEqual(done.rows()[1]["problem"]["detail"], f"{long}: what it says is too long for a check")

    def test_a_damaged_pair_behind_the_signature_takes_no_certificate_away(self):
        _, registry = self.registry("android", SIGNED / "rsa2048-v2.apk")
        (row,) = self.vet(SIGNED / "pair-behind.apk", "--registry", registry).rows()
        self.assertEqual((row["decision"], row["assurance"]), ("allow", "certificate"))

    def test_an_app_for_android_11_needs_more_than_a_v1_signature(self):
        for sdk, code in (('android:targetSdkVersion="29"', 1), ('android:targetSdkVersion="30"', 65),
                          ('android:minSdkVersion="30"', 65), ('android:minSdkVersion="30" android:targetSdkVersion="29"', 1)):
            with self.subTest(sdk):
                apk = apks.make(self.folder, "a" + sdk.replace('"', "").replace(" ", ""), children=f"<uses-sdk {sdk}/>")
                signed = self.path("signed.apk")
                subprocess.run(["apksigner", "sign", "--key", SIGNED / "rsa2048.pk8", "--cert", SIGNED / "rsa2048.pem",
                                "--v1-signing-enabled", "true", "--v2-signing-enabled", "false",
                                "--v3-signing-enabled", "false", "--min-sdk-version", "24", "--out", signed, apk],
                               check=True, capture_output=True)
                done = self.vet(signed)
                self.assertEqual(done.code, code, done.err)
                if code == 65:
                    self.assertIn("META-INF/: an app for Android 11 or newer", done.rows()[0]["problem"]["detail"])

    def test_a_split_that_another_signed_is_not_trusted_with_its_base(self):
        name, other = "cn.example.settings", "cn.example.settingz"
        split = apks.make(self.folder, "s", package=other, root='split="config.zh"')
        self.write("in/base.apk", SETTINGS.read_bytes())
        self.write("in/split_config.zh.apk", apks.renamed(split, other, name))
        done = self.vet(self.folder / "in", "--trusted-cert", self.trusted(SETTINGS))
        self.assertEqual(done.code, 65, done.err)
        (row,) = done.rows()
        self.assertIn("not signed by the signer of the base", row["problem"]["detail"])

    def test_an_offline_claim_is_held_against_the_permissions(self):
        self.write("clock.apk", self.quiet)
        self.write("known.apk", self.unknown)
        rows = self.vet(self.folder, "--offline").rows()
        self.assertIn("EXEMPT_OFFLINE", self.codes(rows[0]))
        self.assertEqual(rows[0]["decision"], "allow")
        self.assertIn("EXEMPTION_CONTRADICTED", self.codes(rows[1]))
        self.assertEqual(rows[1]["decision"], "deny")

    def test_apps_of_one_user_id_share_the_network(self):
        def app(name, shared, children=""):
            self.write(f"{name}.apk", apks.make(self.folder, "made." + name, package=f"cn.example.{name}",
                                                root=f'android:sharedUserId="{shared}"', children=children).read_bytes())
            self.path(f"made.{name}.apk").unlink()
        app("clock", "cn.example.shared")
        app("other", "cn.example.other")
        app("radio", "cn.example.shared", INTERNET)
        kept = self.folder / "inspected.ndjson"
        done = self.vet(self.folder, "--offline", "--inspected", kept)
        self.assertEqual([row["decision"] for row in done.rows()], ["deny", "allow", "deny"])
        self.assertIn("EXEMPTION_CONTRADICTED", self.codes(done.rows()[0]))
        self.assertEqual([json.loads(line)["network_permission"] for line in kept.read_text().splitlines()],
                         [False, False, True])

    def test_a_side_file_says_what_packages_claim(self):
        self.write("clock.apk", self.quiet)
        self.write("known.apk", self.known)
        numbers = self.write("numbers.csv", "package,filing_number,offline\r\n"
                             f"{PASS},京ICP备2099000000号-2A,\r\ncn.example.clock,,true\r\n".encode())
        done = self.vet(self.folder, "--numbers", numbers)
        self.assertNotIn("--numbers", done.err)
        rows = done.rows()
        self.assertIn("EXEMPT_OFFLINE", self.codes(rows[0]))
        self.assertEqual(rows[1]["filing_number"], "京ICP备2099000000号-2A")
        self.assertIn("SERVICE_CANCELLED", self.codes(rows[1]))

    def test_a_side_file_is_read_as_a_catalog_is(self):
        self.write("clock.apk", self.quiet)
        for text in ("package,offline\ncn.example.clock,TRUE\n", " package , offline\n cn.example.clock ,1 \n"):
            with self.subTest(text):
                numbers = self.write("numbers.csv", text.encode())
                (row,) = self.vet(self.folder, "--numbers", numbers).rows()
                self.assertIn("EXEMPT_OFFLINE", self.codes(row))

    def test_what_the_side_file_says_of_no_package_is_told(self):
        self.write("clock.apk", self.quiet)
        numbers = self.write("numbers.csv", b"package,offline\ncn.example.clok,true\ncn.example.clock,true\n")
        told = "in --numbers, but no package that was read has the name: 1, cn.example.clok\n"
        self.assertIn(told, self.vet(self.folder, "--numbers", numbers).err)

    def test_a_fault_of_the_side_file_has_its_line(self):
        self.write("clock.apk", self.quiet)
        for text, place in (("", "1: the file is empty"), ("a,b\n", "1: no column `package`"),
                            ("package\n", "1: neither"), ("package,offline\n,true\n", "2: a row"),
                            ("package,offline\na,maybe\n", "2: `offline` is"),
                            ("package,offline\na,\n\na,\n", "4: a for the second time"),
                            ('package,offline\n"a' + "\n" * 1_000_000, "2: a quote that is never closed")):
            with self.subTest(text[:40]):
                numbers = self.write("numbers.csv", text.encode())
                done = self.vet(self.folder, "--numbers", numbers)
                self.assertEqual(done.code, 65)
                self.assertIn(f"numbers.csv:{place}", done.err)

    def test_the_one_app_number_in_a_package_is_its_claim(self):
        apk = apks.make(self.folder, "a", package=PLACEHOLDER, application='android:label="测试应用"',
                        extra={"assets/a.txt": "京ICP备2099000000号-2A 京ICP备2023000001号".encode()})
        rows = self.vet(self.write("b.apk", apks.renamed(apk, PLACEHOLDER, PASS))).rows()
        self.assertEqual(rows[0]["filing_number"], "京ICP备2099000000号-2A")

    def test_an_atomic_service_is_a_quick_app(self):
        module = {"app": {"bundleName": "cn.example.atomic", "label": "元服务", "bundleType": "atomicService"},
                  "module": {"name": "entry"}}
        hap = self.archive("a.hap", {"module.json": json.dumps(module), "resources/rawfile/a.txt":
                                     "京ICP备2023000001号-1K 京ICP备2023000001号-2A"})
        (app,) = self.inspect(hap)
        self.assertEqual(app["app_kind"], "quick_app")
        self.assertEqual([(one["kind"], one["app"]) for one in app["filing_numbers"]],
                         [("quick_app", False), ("app", True)])
        registry = self.built({"number": "京ICP备2023000001号-1K", "names": ["元服务"], "platforms": [
            {"os": "harmonyos", "package": "cn.example.atomic"}]})
        (row,) = self.vet(hap, "--registry", registry).rows()
        self.assertEqual((row["decision"], row["filing_number"], row["assurance"]),
                         ("allow", "京ICP备2023000001号-1K", "package"))

    def test_splits_beside_their_base_are_one_app(self):
        split = apks.make(self.folder, "s", package=PLACEHOLDER, root='split="config.zh"')
        self.write("in/base.apk", self.known)
        self.write("in/split_config.zh.apk", apks.renamed(split, PLACEHOLDER, PASS))
        self.write("lone/split_config.zh.apk", apks.renamed(split, PLACEHOLDER, PASS))
        rows = self.vet(self.folder / "in", self.folder / "lone").rows()
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows[0]["decision"], "allow")
        self.assertIn("without its base APK", rows[1]["problem"]["detail"])

    def test_a_split_beside_a_container_takes_nothing_from_it(self):
        split = apks.renamed(apks.make(self.folder, "s", package=PLACEHOLDER, root='split="config.zh"'),
                             PLACEHOLDER, "cn.example.unknown")
        self.write("in/split_config.zh.apk", split)
        self.archive("in/app.apks", {"base.apk": self.unknown})
        done = self.vet(self.folder / "in")
        container, lone = done.rows()
        self.assertEqual((container["decision"], done.code), ("deny", 1))
        self.assertIn("without its base APK", lone["problem"]["detail"])

    def test_a_container_of_splits_takes_nothing_from_a_base_beside_it(self):
        split = apks.renamed(apks.make(self.folder, "s", package=PLACEHOLDER, root='split="config.zh"'),
                             PLACEHOLDER, "cn.example.unknown")
        self.write("in/a.apk", self.known)
        self.write("in/base.apk", self.unknown)
        self.archive("in/parts.apks", {"split.apk": split})
        done = self.vet(self.folder / "in")
        good, base, parts = done.rows()
        self.assertEqual((good["decision"], base["decision"], done.code), ("allow", "deny", 1))
        self.assertIn("without its base APK in the container", parts["problem"]["detail"])

    def test_a_base_that_its_splits_make_unreadable_is_not_passed_over(self):
        split = apks.renamed(apks.make(self.folder, "s", package=PLACEHOLDER, root='split="config.zh"'),
                             PLACEHOLDER, "cn.example.unknown")
        self.write("a.apk", split)
        with zipfile.ZipFile(self.path("a.apk")) as archive:
            manifest = archive.read("AndroidManifest.xml") + bytes(15 << 20)
        for i in range(5):  # more than 64 MiB of manifests
            with zipfile.ZipFile(self.path(f"in/app/split{i}.apk"), "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("AndroidManifest.xml", manifest)
        self.write("in/app/base.apk", self.unknown)
        self.write("in/good.apk", self.known)
        done = self.vet(self.folder / "in")
        base, good = done.rows()
        self.assertIn("the manifests of the parts have more than", base["problem"]["detail"])
        self.assertEqual((good["decision"], done.code), ("allow", 2))

    def test_a_file_that_is_two_apps_is_not_passed_over(self):
        module = json.dumps({"app": {"bundleName": "cn.example.hap"}, "module": {"name": "entry"}})
        plist = plistlib.dumps({"CFBundleIdentifier": "cn.example.ipa"})
        files = {"a.apk": {"module.json": module, "AndroidManifest.xml": b"any"},
                 "a.ipa": {"Payload/A.app/Info.plist": plist, "Payload/B.app/Info.plist": plist},
                 "a.hap": {"module.json": module.replace('"bundleName"', '"bundleName": "x", "bundleName"')}}
        for i, (name, entries) in enumerate(files.items()):
            with self.subTest(name):
                self.archive(f"{i}/{name}", entries)
                self.write(f"{i}/good.apk", self.known)
                done = self.vet(self.folder / str(i))
                two, good = done.rows()
                self.assertIn("depends on who reads it", two["problem"]["detail"])
                self.assertEqual((good["decision"], done.code), ("allow", 2))

    def test_what_one_part_spoils_in_a_container_is_not_passed_over(self):
        def hap(name):
            module = json.dumps({"app": {"bundleName": name}, "module": {"name": "entry"}})
            return self.archive("part.hap", {"module.json": module}).read_bytes()
        files = {"other.apks": ({"base.apk": self.unknown, "other.apk": self.known}, "its package is"),
                 "broken.xapk": ({"base.apk": self.unknown, "junk.apk": b"junk"}, "not a ZIP archive"),
                 "other.app": ({"a.hap": hap("cn.example.a"), "b.hap": hap("cn.example.b")}, "its bundle is")}
        for i, (name, (entries, fault)) in enumerate(files.items()):
            with self.subTest(name):
                self.archive(f"{i}/a/{name}", entries)
                self.write(f"{i}/good.apk", self.known)
                done = self.vet(self.folder / str(i))
                spoilt, good = done.rows()
                self.assertIn(fault, spoilt["problem"]["detail"])
                self.assertEqual((good["decision"], done.code), ("allow", 2))

    def test_a_container_of_nothing_but_what_cannot_be_read_is_passed_over(self):
        self.archive("in/a/broken.apks", {"base.apk": b"junk"})
        self.write("in/good.apk", self.known)
        self.assertEqual(self.vet(self.folder / "in").code, 0)

    def test_a_name_that_only_android_refuses_is_not_passed_over(self):
        for i, (name, fault) in enumerate(((b"base.apk", "two entries named base.apk"),
                                           (b"\xcd\xbc\xb1\xea.png", "is not UTF-8"))):
            with self.subTest(fault):
                path = self.archive(f"{i}/a.apks", {"base.apk": self.unknown, "icon.png": b""})
                path.write_bytes(path.read_bytes().replace(b"icon.png", name))
                self.write(f"{i}/good.apk", self.known)
                done = self.vet(self.folder / str(i))
                refused, good = done.rows()
                self.assertIn(fault, refused["problem"]["detail"])
                self.assertEqual((good["decision"], done.code), ("allow", 2))

    def test_a_file_that_is_named_twice_is_one_row(self):
        self.write("in/base.apk", self.unknown)
        here, folder = self.folder / "in/base.apk", self.folder / "in"
        (self.folder / "link").symlink_to(folder)
        from_here = os.path.relpath(here)
        for paths in ((here, here), (folder, here), (folder, f"{folder}/./base.apk"),
                      (f"{self.folder}//in", folder), (from_here, here),
                      (self.folder / "link/base.apk", here)):
            with self.subTest(str(paths)):
                self.assertEqual(len(self.vet(*paths).rows()), 1)
        split = apks.renamed(apks.make(self.folder, "s", package=PLACEHOLDER, root='split="config.zh"'),
                             PLACEHOLDER, "cn.example.unknown")
        self.write("in/split.apk", split)
        for base in (here, from_here):
            (row,) = self.vet(base, f"{folder}/./split.apk").rows()
            self.assertEqual(row["decision"], "deny")

    def test_every_report_format_is_written(self):
        self.write("a.apk", self.unknown)
        formats = ("csv", "json", "junit", "sarif", "html", "markdown", "summary")
        outputs = [part for name in formats
                   for part in ("--output", f"{name}={self.folder / ('report.' + name)}")]
        self.assertEqual(gate("vet", self.folder, *outputs).code, 1)
        for name in formats:
            self.assertIn("cn.example.unknown", self.path("report." + name).read_text(), name)

    def test_what_was_inspected_is_kept_on_demand(self):
        self.write("a.apk", self.known)
        kept = self.folder / "inspected.ndjson"
        self.vet(self.folder, "--inspected", kept)
        self.assertEqual(json.loads(kept.read_text())["package"], PASS)

    def test_usage(self):
        self.write("a.apk", self.known)
        for arguments in ((), (self.folder, "--trusted-cert", "xyz"), (self.folder, "--only", "x"),
                          (self.folder, "--output", "pdf"), (self.folder, "--verify")):
            with self.subTest(str(arguments)):
                self.assertEqual(gate("vet", *arguments).code, 64)
        self.assertEqual(gate("vet", self.folder / "nothing").code, 69)
        (self.folder / "empty").mkdir()
        self.assertEqual(gate("vet", self.folder / "empty").code, 65)


if __name__ == "__main__":
    main()
