// Runs many commands of apksigner in one JVM, whose start is most of what one costs. Lines of
// standard input are tab-separated: the file for the output, then the arguments.
//
//     java -cp apksigner.jar Apksigner.java < commands
//
// `sign` and `rotate` are apksigner's own; one that fails ends the run. `verify` writes what
// apksigner's library finds, scheme by scheme, in the words in which the tool prints certificates,
// then, behind a line `tool`, what the tool itself prints, when the package verifies (else it would
// end the JVM).
import com.android.apksig.ApkVerifier;
import com.android.apksig.SigningCertificateLineage;
import com.android.apksigner.ApkSignerTool;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

public class Apksigner {
  public static void main(String[] arguments) throws Exception {
    // The library prints stack traces of what cannot be parsed, and throws no less for it.
    PrintStream errors = System.err;
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      List<String> fields = Arrays.asList(line.split("\t"));
      String[] command = fields.subList(1, fields.size()).toArray(new String[0]);
      try (PrintStream out = new PrintStream(new FileOutputStream(fields.get(0)), false, "UTF-8")) {
        System.setOut(out);
        if (command[0].equals("verify")) {
          System.setErr(new PrintStream(OutputStream.nullOutputStream()));
          verify(command, out);
          System.setErr(errors);
        } else {
          ApkSignerTool.main(command);
        }
      } catch (Exception e) {
        throw new RuntimeException("failed: " + line, e);
      }
    }
  }

  private static int option(String[] command, String name, int otherwise) {
    int at = Arrays.asList(command).indexOf(name);
    return at < 0 ? otherwise : Integer.parseInt(command[at + 1]);
  }

  private static void verify(String[] command, PrintStream out) throws Exception {
    ApkVerifier.Builder builder = new ApkVerifier.Builder(new File(command[command.length - 1]));
    builder.setMinCheckedPlatformVersion(option(command, "--min-sdk-version", 21));
    int max = option(command, "--max-sdk-version", Integer.MAX_VALUE);
    if (max != Integer.MAX_VALUE) builder.setMaxCheckedPlatformVersion(max);
    ApkVerifier.Result result;
    try {
      result = builder.build().verify();
    } catch (Exception e) {
      out.println("verified=false");
      out.println("error=" + e);
      return;
    }
    out.println("verified=" + result.isVerified());
    for (Object error : result.getAllErrors()) out.println("error=" + error);
    List<X509Certificate> certificates = new ArrayList<>();
    result.getV1SchemeSigners().forEach(one -> certificates.add(one.getCertificate()));
    print(certificates, "v1");
    certificates.clear();
    result.getV2SchemeSigners().forEach(one -> certificates.add(one.getCertificate()));
    print(certificates, "v2");
    certificates.clear();
    result.getV3SchemeSigners().forEach(one -> certificates.add(one.getCertificate()));
    print(certificates, "v3");
    SigningCertificateLineage lineage = result.getSigningCertificateLineage();
    if (lineage != null) print(lineage.getCertificatesInLineage(), "lineage");
    if (!result.isVerified()) return;
    out.println("tool");
    ApkSignerTool.main(command);
  }

  private static void print(List<X509Certificate> certificates, String scheme) throws Exception {
    for (X509Certificate certificate : certificates) {
      if (certificate == null) continue;
      ApkSignerTool.printCertificate(certificate, scheme, true);
    }
  }
}
