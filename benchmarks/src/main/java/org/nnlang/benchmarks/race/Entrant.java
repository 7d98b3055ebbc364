package org.nnlang.benchmarks.race;

import java.util.List;
import java.util.Map;

/// Who takes part.
///
/// @param suffix what distinguishes two entrants of one library, such as ` tuned`; may be empty
/// @param type the class of its [Contender]
/// @param workloads those it has
/// @param options of its virtual machine
/// @param environment variables of its process besides those of this one
public record Entrant(
        String suffix, String type, List<String> workloads, List<String> options, Map<String, String> environment) {
    public Entrant {
        workloads = List.copyOf(workloads);
        options = List.copyOf(options);
        environment = Map.copyOf(environment);
    }

    /// Whether it is this library.
    public boolean isOurs() {
        return type.equals(OURS);
    }

    private static final String OURS = "org.nnlang.benchmarks.Nnlang";

    private static final List<String> ALL = List.of("W1", "W2", "W2t", "W3", "W4", "W5", "W6");
    private static final List<String> NETWORKS = List.of("W2", "W2t", "W3", "W4", "W5", "W6");

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
    private static final String OPENBLAS = "../native/org/bytedeco/openblas/linux-x86_64";

    private static final List<String> OUR_OPTIONS =
            List.of("--add-modules", "jdk.incubator.vector", "-XX:+UseSerialGC", "-Xlog:disable", "-Xmx4g");

    private static final List<String> THEIR_OPTIONS = List.of(
            "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Xmx4g");

    private static final List<String> SHORT_OPTIONS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1");

    /// This library alone.
    public static Entrant ours() {
        return new Entrant("", OURS, ALL, OUR_OPTIONS, Map.of());
    }

    /// All others.
    public static List<Entrant> rivals() {
        return List.of(
                rival("", "TensorFlow", NETWORKS, Map.of()),
                rival(" tuned", "TensorFlow", NETWORKS, TUNED),
                rival("", "Torch", ALL, Map.of()),
                rival(" tuned", "Torch", ALL, TUNED),
                rival("", "OnnxRuntime", List.of("W6"), Map.of()),
                rival("", "SmileNetwork", List.of("W2t"), Map.of("LD_LIBRARY_PATH", OPENBLAS)),
                rival("", "OneDnn", List.of("W1"), TUNED),
                rival("", "OpenBlas", List.of("W1"), Map.of()));
    }

    /// Others that can do a first step of W2, set up for a short life.
    static List<Entrant> starters() {
        return List.of(
                starter("TensorFlow", Map.of()),
                starter("Torch", Map.of()),
                starter("SmileNetwork", Map.of("LD_LIBRARY_PATH", OPENBLAS)));
    }

    private static Entrant starter(String type, Map<String, String> environment) {
        return new Entrant("", "org.nnlang.rivals." + type, List.of(), SHORT_OPTIONS, environment);
    }

    /// How the names of its jars begin: what Maven fetches for one platform.
    List<String> jars() {
        return switch (type) {
            case "org.nnlang.rivals.TensorFlow" -> List.of("tensorflow-", "ndarray-", "javacpp-", "protobuf-");
            case "org.nnlang.rivals.Torch" -> List.of("pytorch-", "openblas-", "javacpp-");
            case "org.nnlang.rivals.SmileNetwork" ->
                List.of("smile-", "commons-", "duckdb", "jackson-", "slf4j-", "openblas-", "javacpp-");
            default -> List.of();
        };
    }

    private static Entrant rival(
            String suffix, String type, List<String> workloads, Map<String, String> environment) {
        return new Entrant(suffix, "org.nnlang.rivals." + type, workloads, THEIR_OPTIONS, environment);
    }
}
