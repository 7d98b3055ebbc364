import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/// Restamp IN.jar OUT.jar: the same jar, with class files of an old version as files of Java 8.
///
/// The JVM's archive of classes leaves out what was written before Java 6, as such classes carry no stack maps; picocli's are
/// that old, and were read from their jar, parsed and verified at every start. Needs ASM, and what the jar's classes extend,
/// on the class path.
final class Restamp {
    private Restamp() {}

    public static void main(String[] arguments) throws IOException {
        try (var in = new ZipInputStream(Files.newInputStream(Path.of(arguments[0])));
                OutputStream file = Files.newOutputStream(Path.of(arguments[1]));
                var out = new ZipOutputStream(file)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                byte[] bytes = in.readAllBytes();
                // Of a multi-release jar only the module's description is newer.
                boolean old = entry.getName().endsWith(".class") && version(bytes) < Opcodes.V1_7;
                var written = new ZipEntry(entry.getName());
                written.setTime(0);
                out.putNextEntry(written);
                out.write(old ? restamped(bytes) : bytes);
                out.closeEntry();
            }
        }
    }

    private static int version(byte[] file) {
        return (file[6] & 0xff) << 8 | file[7] & 0xff;
    }

    private static byte[] restamped(byte[] file) {
        var writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES);
        // Visits as the new version, so that the writer makes stack maps.
        new ClassReader(file).accept(new org.objectweb.asm.ClassVisitor(Opcodes.ASM9, writer) {
            @Override
            public void visit(
                    int version, int access, String name, String signature, String superName, String[] interfaces) {
                super.visit(Opcodes.V1_8, access, name, signature, superName, interfaces);
            }
        }, ClassReader.SKIP_FRAMES);
        return writer.toByteArray();
    }
}
