"""An audit that is killed at any moment and run again gives the same bytes as one that never was.

    audit_resume_test.py SOURCE_DIR BUILD_DIR [TEST…]     BEIAN_ROUNDS: how many kills
"""

import contextlib
import json

from audit_support import *

ROUNDS = int(os.environ.get("BEIAN_ROUNDS", "6"))
SEED = int(os.environ.get("BEIAN_SEED", "1"))


class Kill(Case):
    OUTPUTS = ("ndjson=out.ndjson", "csv=out.csv.gz", "json=out.json", "sarif=out.sarif",
               "junit=out.xml", "html=out.html", "markdown=out.md", "summary=out.txt.zst")

    def command(self, catalog, folder, more=()):
        outputs = []
        for output in self.OUTPUTS:
            name, _, path = output.partition("=")
            outputs += ["--output", f"{name}={folder / path}"]
        return [GATE, "audit", str(catalog), "--registry", str(World.get().registry), "--quiet",
                "--resume", str(folder / "state"), "--save-seconds", "0", *outputs, *more]

    def bytes_of(self, folder):
        return {output.partition("=")[2]: (folder / output.partition("=")[2]).read_bytes()
                for output in self.OUTPUTS}

    def same_after_kills(self, catalog, more=()):
        """Makes the reference; then kills ROUNDS times, and goes on until a run that resumed from a
        state finishes."""
        where = os.getcwd()
        os.chdir(self.folder.name)  # so that both runs give their outputs the same names
        self.addCleanup(os.chdir, where)
        relative = Path("run")
        relative.mkdir()
        begin = time.monotonic()
        subprocess.run(self.command(catalog, relative, more), stderr=subprocess.DEVNULL)
        seconds = time.monotonic() - begin
        reference = self.bytes_of(relative)
        generator = random.Random(SEED)
        kills = completions = resumed = 0
        while kills < ROUNDS or resumed == 0:
            has_state = (relative / "state").exists()
            is_to_end = kills >= ROUNDS and has_state
            process = subprocess.Popen(self.command(catalog, relative, more),
                                       stderr=subprocess.DEVNULL)
            try:
                process.wait(60 if is_to_end else generator.uniform(0, seconds))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
                if not (relative / "state").exists():  # slower now than when it was measured
                    seconds *= 1.5
                continue
            self.assertEqual(process.returncode, 1)
            completions += 1
            resumed += has_state
            self.assertFalse((relative / "state").exists())
            for name, want in reference.items():
                self.assertTrue((relative / name).read_bytes() == want, name)
        print(f"{kills} kills, {completions} audits came to their end, {resumed} of them from a "
              "state, the same bytes each time", file=sys.stderr)

    def test_ndjson(self):
        self.same_after_kills(World.get().catalog)

    def test_packed_csv_in_gb18030(self):
        rows = "id,operation,filing_number,name\n" + "".join(
            f'{i},distribute,{NUMBERS[("allow", "deny", "review")[i % 3]]},"应用 {i}\n{"x" * (i % 900)}"\n'
            for i in range(5000))
        catalog = self.write("catalog.csv.gz", gzip.compress(rows.encode("gb18030")))
        self.same_after_kills(catalog, ("--encoding", "gb18030"))


class State(Case):
    def offset(self):
        return json.loads(self.path("state").read_bytes())["place"]["offset"]

    def interrupted(self, out="out.ndjson"):
        """A catalog, its command, and the state that an interrupted run left."""
        world = World.get()
        rows = world.catalog.read_bytes()
        command = [GATE, "audit", "-", "--registry", str(world.registry), "--resume",
                   str(self.path("state")), "--save-seconds", "0", "--output",
                   f"ndjson={self.path(out)}"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdin.write(rows[: 3 << 20])
        process.stdin.flush()
        # Beyond everything that the tests below cut off.
        while not self.path("state").exists() or self.offset() < 1 << 20:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        # In pieces, so that the audit does not reach the end before the signal reaches the audit.
        with contextlib.suppress(BrokenPipeError):
            for at in range(3 << 20, len(rows), 64 << 10):
                process.stdin.write(rows[at : at + (64 << 10)])
                process.stdin.flush()
                if process.poll() is not None:
                    break
                time.sleep(0.02)
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        with process.stderr:
            err = process.stderr.read().decode()
        return rows, command, process.wait(), err

    def test_interrupt_leaves_a_state_and_says_how_to_go_on(self):
        rows, command, code, err = self.interrupted()
        self.assertEqual(code, 69)
        self.assertIn("run the same command again to go on from " + str(self.path("state")), err)
        done = subprocess.run(command, input=rows, capture_output=True)
        self.assertEqual(done.returncode, 1)
        want = audit("-", "--registry", World.get().registry, "--output", "ndjson", given=rows).out
        self.assertTrue(self.path("out.ndjson").read_bytes() == want)
        self.assertFalse(self.path("state").exists())

    def test_output_whose_name_is_no_utf_8_is_the_same_output(self):
        rows, command, _, _ = self.interrupted("out\udcff.ndjson")
        done = subprocess.run(command, input=rows, capture_output=True)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(self.path("out\udcff.ndjson").read_bytes().count(b"\n"), rows.count(b"\n"))

    def test_other_catalog_registry_or_options_are_refused(self):
        rows, command, _, _ = self.interrupted()
        state, out = self.path("state").read_bytes(), self.path("out.ndjson").read_bytes()
        for changed, given, want in (
                (command, b"{}\n" + rows, "another catalog"),
                (command[:3] + command[5:], rows, "another registry"),
                (command + ["--only", "deny"], rows, "other options"),
                (command + ["--detail", "full"], rows, "other options"),
                (command + ["--output", "csv=" + str(self.path("x.csv"))], rows, "other options")):
            done = subprocess.run(changed, input=given, capture_output=True)
            self.assertEqual(done.returncode, 65, want)
            self.assertIn(want, done.stderr.decode())
            self.assertIn("remove it to start over", done.stderr.decode())
            self.assertEqual(self.path("state").read_bytes(), state)
            self.assertEqual(self.path("out.ndjson").read_bytes(), out)

    def test_output_that_was_cut_is_refused(self):
        rows, command, _, _ = self.interrupted()
        self.path("out.ndjson").write_bytes(b"")
        done = subprocess.run(command, input=rows, capture_output=True)
        self.assertEqual(done.returncode, 69)
        self.assertIn("is not the file that the interrupted audit wrote", done.stderr.decode())

    def test_damaged_state_is_refused(self):
        rows, command, _, _ = self.interrupted()
        state = self.path("state").read_bytes()
        for damaged in (b"", b"{}", state[: len(state) // 2],
                        state.replace(b'"version":1', b'"version":2')):
            self.path("state").write_bytes(damaged)
            done = subprocess.run(command, input=rows, capture_output=True)
            self.assertEqual(done.returncode, 65)
            self.assertIn("is not what it should be", done.stderr.decode())

    def test_shorter_catalog_is_refused(self):
        rows, command, _, _ = self.interrupted()
        done = subprocess.run(command, input=rows[: 100 << 10], capture_output=True)
        self.assertEqual(done.returncode, 65)
        self.assertIn("shorter than it was", done.stderr.decode())


if __name__ == "__main__":
    run_tests()
