package org.nnlang.benchmarks.race;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.nnlang.runtime.kernel.Machine;

/// Who takes part.
///
/// @param name for people, before its process has told a name with a version
/// @param suffix what distinguishes two entrants of one library, such as ` tuned`; may be empty
/// @param type the class of its [Contender]
/// @param module the folder below `benchmarks` that builds it and keeps its jars; empty for this library. What two
///     libraries can't share, such as versions of a third, they have in modules of their own
/// @param jars how the names of those begin that a user of it downloads
/// @param workloads those it has
/// @param otherwise why it has no others
/// @param options of its virtual machine
/// @param environment variables of its process besides those of this one
public record Entrant(
        String name, String suffix, String type, String module, List<String> jars, List<String> workloads,
        String otherwise, List<String> options, Map<String, String> environment) {
    public Entrant {
        jars = List.copyOf(jars);
        workloads = List.copyOf(workloads);
        options = List.copyOf(options);
        environment = Map.copyOf(environment);
    }

    /// W7, for those that can do a first step of W2.
    static final String START = "W7";

    private static final String OURS = "org.nnlang.benchmarks.Nnlang";

    private static final List<String> ALL = List.of("W1", "W2", "W2t", "W3", "W4", "W5", "W6", START);
    private static final List<String> NETWORKS = List.of("W2", "W2t", "W3", "W4", "W5", "W6", START);
    private static final List<String> PRODUCTS = List.of("W1");

    /// Waiting threads sleep instead of spinning, and large blocks of memory are kept instead of given back to the system: better
    /// for some, worse for others, so that libraries with OpenMP start in both ways and the better one counts.
    private static final Map<String, String> TUNED = Map.of(
            "OMP_WAIT_POLICY", "PASSIVE",
            "GOMP_SPINCOUNT", "0",
            "OPENBLAS_THREAD_TIMEOUT", "4",
            "MALLOC_MMAP_THRESHOLD_", "4294967296",
            "MALLOC_TRIM_THRESHOLD_", "4294967296",
            "MALLOC_TOP_PAD_", "134217728");

    /// Where the build puts OpenBLAS as a library of the system, seen from where processes start.
    private static final Map<String, String> OPENBLAS =
            Map.of("LD_LIBRARY_PATH", "../native/org/bytedeco/openblas/linux-x86_64");

    private static final List<String> OUR_OPTIONS =
            List.of("--add-modules", "jdk.incubator.vector", "-XX:+UseSerialGC", "-Xlog:disable", "-Xmx4g");

    private static final List<String> THEIR_OPTIONS = List.of(
            "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Xmx4g");

    private static final List<String> SHORT_OPTIONS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1");

    /// JavaCPP binds the libtorch with MKL instead of that of its own jar, which has OpenBLAS: seen from where processes start.
    private static final List<String> WITH_MKL = List.of(
            "-Djava.library.path=../../mkl/target/native/pytorch/cpu/linux-x86_64",
            "-Dorg.bytedeco.javacpp.pathsfirst=true");

    /// This library alone.
    public static Entrant ours() {
        return new Entrant("nnlang", "", OURS, "", List.of(), ALL, "", OUR_OPTIONS, Map.of());
    }

    private static final List<Entrant> LIBRARIES = List.of(
            rival("TensorFlow", "TensorFlow", List.of("tensorflow-", "ndarray-", "javacpp-", "protobuf-"), NETWORKS,
                    "its products are oneDNN's, which takes part itself"),
            rival("libtorch", "Torch", List.of("pytorch-", "openblas-", "javacpp-"), ALL, ""),
            rival("libtorch with MKL", "Torch", List.of("pytorch-", "openblas-", "javacpp-"), ALL, "")
                    .in("rivals/mkl", WITH_MKL),
            rival("DL4J", "Dl4j", List.of(""), List.of("W2", "W2t", "W3", "W5", "W6", START),
                    "its products are OpenBLAS's, and its layers make no GPT")
                    .in("rivals/dl4j", List.of("-Dorg.bytedeco.javacpp.platform.extension=" + extension()))
                    // Its OpenMP's and its OpenBLAS's threads spin against each other: thirty times slower beside others.
                    .with("", TUNED),
            rival("ONNX Runtime", "OnnxRuntime", List.of("onnxruntime-"), List.of("W6"), "inference alone"),
            rival("Smile", "SmileNetwork",
                    List.of("smile-", "commons-", "duckdb", "jackson-", "slf4j-", "openblas-", "javacpp-"),
                    List.of("W2t", START), "dense layers alone, example by example, and no Adam")
                    .with("", OPENBLAS),
            rival("oneDNN", "OneDnn", List.of("dnnl-", "javacpp-"), PRODUCTS, "products alone").with("", TUNED),
            rival("OpenBLAS", "OpenBlas", List.of("openblas-", "javacpp-"), PRODUCTS, "products alone"));

    /// Which of DL4J's natives suit the machine.
    private static String extension() {
        return switch (Machine.lanes()) {
            case 16 -> "-avx512";
            case 8 -> "-avx2";
            default -> "";
        };
    }

    /// All others; TensorFlow and libtorch, which come near us, in both ways.
    public static List<Entrant> rivals() {
        List<Entrant> all = new ArrayList<>();
        for (Entrant library : LIBRARIES) {
            all.add(library);
            if (library.type().endsWith(".TensorFlow") || library.type().endsWith(".Torch")) {
                all.add(library.with(" tuned", TUNED));
            }
        }
        return all;
    }

    /// Others that can do a first step of W2, set up for a short life.
    static List<Entrant> starters() {
        List<Entrant> all = new ArrayList<>();
        for (Entrant library : LIBRARIES) {
            if (library.workloads().contains(START)) {
                List<String> options = new ArrayList<>(SHORT_OPTIONS);
                options.addAll(library.options().subList(THEIR_OPTIONS.size(), library.options().size()));
                all.add(new Entrant(
                        library.name(), "", library.type(), library.module(), library.jars(), library.workloads(),
                        library.otherwise(), options, library.environment()));
            }
        }
        return all;
    }

    /// Those that a workload is raced without, and why, for people.
    public static List<String> absent(String workload) {
        return LIBRARIES.stream()
                .filter(library -> !library.workloads().contains(workload))
                .map(library -> library.name() + " (" + library.otherwise() + ")")
                .toList();
    }

    /// Whether it is this library.
    public boolean isOurs() {
        return type.equals(OURS);
    }

    /// What it is called before its process tells, with what distinguishes it.
    String label() {
        return name + suffix;
    }

    /// Begins the name of a file about it.
    String fileName() {
        return label().toLowerCase(Locale.ROOT).replace(' ', '-');
    }

    /// Where its process finds classes.
    ///
    /// @param benchmarks the folder of that name
    String classPath(Path benchmarks) {
        String path = System.getProperty("java.class.path");
        // Ours has the class path that a user has.
        if (isOurs()) {
            return path;
        }
        Path target = benchmarks.resolve(module).resolve("target");
        return String.join(
                File.pathSeparator,
                path,
                target.resolve("classes").toString(),
                lib(benchmarks).resolve("*").toString());
    }

    /// Its jars.
    Path lib(Path benchmarks) {
        return benchmarks.resolve(module).resolve("target").resolve("lib");
    }

    private static Entrant rival(
            String name, String type, List<String> jars, List<String> workloads, String otherwise) {
        return new Entrant(
                name, "", "org.nnlang.rivals." + type, "rivals", jars, workloads, otherwise, THEIR_OPTIONS, Map.of());
    }

    /// The same from another module, with more options.
    private Entrant in(String otherModule, List<String> moreOptions) {
        List<String> both = new ArrayList<>(options);
        both.addAll(moreOptions);
        return new Entrant(name, suffix, type, otherModule, jars, workloads, otherwise, both, environment);
    }

    /// The same in another environment.
    private Entrant with(String otherSuffix, Map<String, String> otherEnvironment) {
        return new Entrant(name, otherSuffix, type, module, jars, workloads, otherwise, options, otherEnvironment);
    }
}
