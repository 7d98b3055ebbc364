import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// Reads protein structures (PDB format, version 3.3) and makes arrays of them: windows of residues with the coordinates of
/// their Cα atoms, in two parts that share no similar sequence. See DATA.md for what is kept and how it is divided.
public final class Proteins {
    /// Residues of a window.
    private static final int WINDOW = 64;

    /// How far apart windows of one chain begin.
    private static final int STRIDE = 32;

    /// Chains with more equal residues than this share of the shorter one are on the same side of the split.
    private static final double SIMILAR = 0.5;

    /// Of chains with more, one is kept.
    private static final double SAME = 0.9;

    /// The share of the chains that is held out.
    private static final double HELD_OUT = 0.2;

    /// Neighbours in a chain are 3.8 Å apart (2.9 Å across a cis peptide bond); further apart something is missing between.
    private static final double FARTHEST = 4.2;

    /// The amino acids, by their letters; their places are their numbers.
    private static final String LETTERS = "ARNDCQEGHILKMFPSTWYV";

    private static final List<String> NAMES = List.of(
            "ALA", "ARG", "ASN", "ASP", "CYS", "GLN", "GLU", "GLY", "HIS", "ILE", "LEU", "LYS", "MET", "PHE", "PRO", "SER",
            "THR", "TRP", "TYR", "VAL");

    /// BLOSUM62 (Henikoff & Henikoff, 1992), in the order of [#LETTERS]: the lower triangle.
    private static final int[][] BLOSUM62 = {
        {4}, {-1, 5}, {-2, 0, 6}, {-2, -2, 1, 6}, {0, -3, -3, -3, 9}, {-1, 1, 0, 0, -3, 5}, {-1, 0, 0, 2, -4, 2, 5},
        {0, -2, 0, -1, -3, -2, -2, 6}, {-2, 0, 1, -1, -3, 0, 0, -2, 8}, {-1, -3, -3, -3, -1, -3, -3, -4, -3, 4},
        {-1, -2, -3, -4, -1, -2, -3, -4, -3, 2, 4}, {-1, 2, 0, -1, -3, 1, 1, -2, -1, -3, -2, 5},
        {-1, -1, -2, -3, -1, 0, -2, -3, -2, 1, 2, -1, 5}, {-2, -3, -3, -3, -2, -3, -3, -3, -1, 0, 0, -3, 0, 6},
        {-1, -2, -2, -1, -3, -1, -1, -2, -2, -3, -3, -1, -2, -4, 7}, {1, -1, 1, 0, -1, 0, 0, 0, -1, -2, -2, 0, -1, -2, -1, 4},
        {0, -1, 0, -1, -1, -1, -1, -2, -2, -1, -1, -1, -1, -2, -1, 1, 5},
        {-3, -3, -4, -4, -2, -2, -3, -2, -2, -3, -2, -3, -1, 1, -4, -3, -2, 11},
        {-2, -2, -2, -3, -2, -1, -2, -3, 2, -1, -1, -2, -1, 3, -3, -2, -2, 2, 7},
        {0, -3, -3, -3, -1, -2, -2, -3, -3, 3, 1, -2, 1, -1, -2, -2, 0, -3, -1, 4}
    };

    private static final int GAP_OPEN = 11;
    private static final int GAP_MORE = 1;

    private Proteins() {}

    /// Residues without a gap between them.
    ///
    /// @param residues their numbers
    /// @param words all sequences of five neighbours
    private record Chain(String name, String sequence, List<float[]> places, int[] residues, Set<String> words) {
        Chain(String name, String sequence, List<float[]> places) {
            this(name, sequence, places, sequence.chars().map(LETTERS::indexOf).toArray(), new HashSet<>());
            for (int i = 0; i + 5 <= sequence.length(); i++) {
                words.add(sequence.substring(i, i + 5));
            }
        }

        /// Whether five neighbours are in the other one, too. Where nine residues of ten are equal, that is so; it spares
        /// the alignment of chains that have nothing to do with each other.
        boolean shares(Chain other) {
            return words.stream().anyMatch(other.words::contains);
        }
    }

    /// @param arguments the folder to write to, and folders with structures
    public static void main(String[] arguments) throws IOException {
        var chains = new ArrayList<Chain>();
        var files = new ArrayList<Path>();
        for (int i = 1; i < arguments.length; i++) {
            try (Stream<Path> all = Files.walk(Path.of(arguments[i]))) {
                all.filter(Files::isRegularFile).filter(Proteins::isStructure).forEach(files::add);
            }
        }
        // By name and not by folder, so that the order is the same wherever the packages were unpacked.
        files.sort(Comparator.comparing((Path file) -> file.getFileName().toString()).thenComparing(Path::toString));
        for (Path file : files) {
            chains.addAll(read(file));
        }
        int all = chains.size();
        chains.sort(Comparator.comparing((Chain chain) -> -chain.sequence.length()).thenComparing(Chain::name));
        List<Chain> kept = different(chains);
        int[] families = families(kept);
        boolean[] held = heldOut(families);
        var names = new StringBuilder("part\tfamily\tchain\tresidues\tsequence\n");
        for (boolean part : new boolean[] {false, true}) {
            var sequences = new ByteArrayOutputStream();
            var places = new ByteArrayOutputStream();
            int windows = 0;
            for (int i = 0; i < kept.size(); i++) {
                if (held[i] == part) {
                    windows += windows(kept.get(i), sequences, places);
                    names.append(part ? "held_out" : "train").append('\t').append(families[i]).append('\t')
                            .append(kept.get(i).name).append('\t').append(kept.get(i).sequence.length()).append('\t')
                            .append(kept.get(i).sequence).append('\n');
                }
            }
            Path folder = Path.of(arguments[0]);
            String name = part ? "held_out" : "train";
            npy(folder.resolve(name + "-residues.npy"), "<i4", windows + ", " + WINDOW, sequences.toByteArray());
            npy(folder.resolve(name + "-places.npy"), "<f4", windows + ", " + WINDOW + ", 3", places.toByteArray());
            System.err.println(name + ": " + windows + " windows");
        }
        Files.writeString(Path.of(arguments[0]).resolve("chains.tsv"), names);
        System.err.println(files.size() + " files, " + all + " chains of " + WINDOW + " residues or more, " + kept.size()
                + " that differ, in " + Arrays.stream(families).distinct().count() + " families");
    }

    private static boolean isStructure(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
        return name.endsWith(".pdb") || name.endsWith(".ent");
    }

    // ---- reading

    /// The unbroken chains of a file's first model that are long enough. Atoms in alternative places count where they are
    /// first; methionine with selenium is methionine; any other residue that is none of the twenty ends a chain.
    private static List<Chain> read(Path file) throws IOException {
        String text;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            in.mark(2);
            boolean packed = in.read() == 0x1f && in.read() == 0x8b;
            in.reset();
            text = new String((packed ? new GZIPInputStream(in) : in).readAllBytes(), StandardCharsets.ISO_8859_1);
        }
        String name = file.getFileName().toString().replaceFirst("\\.(pdb|ent)(\\.gz)?$", "");
        Map<Character, Map<String, Object[]>> chains = new TreeMap<>();
        for (String line : text.split("\n")) {
            if (line.startsWith("ENDMDL")) {
                break;
            }
            boolean atom = line.startsWith("ATOM  ") || (line.startsWith("HETATM") && line.startsWith("MSE", 17));
            if (!atom || line.length() < 54 || !line.substring(12, 16).equals(" CA ")) {
                continue;
            }
            try {
                float[] place = {
                    Float.parseFloat(line.substring(30, 38).strip()),
                    Float.parseFloat(line.substring(38, 46).strip()),
                    Float.parseFloat(line.substring(46, 54).strip())
                };
                String residue = line.substring(17, 20).equals("MSE") ? "MET" : line.substring(17, 20);
                chains.computeIfAbsent(line.charAt(21), _ -> new LinkedHashMap<>())
                        .putIfAbsent(line.substring(22, 27), new Object[] {NAMES.indexOf(residue), place});
            } catch (NumberFormatException _) {
                // A line that holds no coordinates is no residue; the chain ends there by the distance.
            }
        }
        var found = new ArrayList<Chain>();
        chains.forEach((id, residues) -> {
            var sequence = new StringBuilder();
            var places = new ArrayList<float[]>();
            int piece = 0;
            for (Object[] residue : residues.values()) {
                int number = (int) residue[0];
                float[] place = (float[]) residue[1];
                if (number < 0 || (!places.isEmpty() && distance(places.getLast(), place) > FARTHEST)) {
                    piece += add(found, name, id, piece, sequence, places);
                }
                if (number >= 0) {
                    sequence.append(LETTERS.charAt(number));
                    places.add(place);
                }
            }
            add(found, name, id, piece, sequence, places);
        });
        return found;
    }

    private static int add(
            List<Chain> found, String name, char id, int piece, StringBuilder sequence, List<float[]> places) {
        boolean enough = sequence.length() >= WINDOW;
        if (enough) {
            found.add(new Chain(name + ":" + id + (piece == 0 ? "" : "/" + piece), sequence.toString(), List.copyOf(places)));
        }
        sequence.setLength(0);
        places.clear();
        return enough ? 1 : 0;
    }

    private static double distance(float[] a, float[] b) {
        return Math.sqrt(
                (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) + (a[2] - b[2]) * (a[2] - b[2]));
    }

    // ---- similarity

    /// The chains, the longest first, without those that are nearly the same as one before.
    private static List<Chain> different(List<Chain> chains) {
        Set<String> exact = new HashSet<>();
        var kept = new ArrayList<Chain>();
        for (Chain chain : chains) {
            if (exact.add(chain.sequence)
                    && kept.parallelStream().noneMatch(other -> chain.shares(other) && identity(chain, other) > SAME)) {
                kept.add(chain);
            }
        }
        return kept;
    }

    /// For each chain the number of its family: chains that are similar or of one structure are in one, and so are those that
    /// belong to a third (single linkage).
    private static int[] families(List<Chain> chains) {
        int[] family = new int[chains.size()];
        for (int i = 0; i < family.length; i++) {
            family[i] = i;
            int me = i;
            int[] similar = IntStream.range(0, i).parallel()
                    .filter(j -> entry(chains.get(me)).equals(entry(chains.get(j)))
                            || identity(chains.get(me), chains.get(j)) > SIMILAR)
                    .toArray();
            for (int j : similar) {
                int from = family[j];
                int to = family[i];
                for (int k = 0; k <= i; k++) {
                    family[k] = family[k] == from ? to : family[k];
                }
            }
        }
        return family;
    }

    /// The structure that a chain is of, by the four characters that name it in the Protein Data Bank; files of SCOP's domains
    /// have a `d` before them.
    private static String entry(Chain chain) {
        String name = chain.name.toLowerCase(Locale.ROOT);
        int start = name.matches("d\\d.*") ? 1 : 0;
        return name.substring(start, Math.min(name.length(), start + 4));
    }

    /// Equal residues in the best local alignment (Smith & Waterman, 1981; gaps after Gotoh, 1982), as a share of the
    /// shorter sequence.
    private static double identity(Chain first, Chain second) {
        int[] a = first.residues;
        int[] b = second.residues;
        int n = b.length;
        // The best score that ends here, that with a gap in a, and how many residues were equal on the way.
        int[] best = new int[n + 1];
        int[] gap = new int[n + 1];
        int[] bestSame = new int[n + 1];
        int[] gapSame = new int[n + 1];
        Arrays.fill(gap, -1 << 20);
        int top = 0;
        int same = 0;
        for (int i = 1; i <= a.length; i++) {
            int x = a[i - 1];
            int diagonal = 0;
            int diagonalSame = 0;
            int left = -1 << 20;
            int leftSame = 0;
            for (int j = 1; j <= n; j++) {
                int y = b[j - 1];
                if (best[j] - GAP_OPEN - GAP_MORE > gap[j] - GAP_MORE) {
                    gap[j] = best[j] - GAP_OPEN - GAP_MORE;
                    gapSame[j] = bestSame[j];
                } else {
                    gap[j] -= GAP_MORE;
                }
                if (best[j - 1] - GAP_OPEN - GAP_MORE > left - GAP_MORE) {
                    left = best[j - 1] - GAP_OPEN - GAP_MORE;
                    leftSame = bestSame[j - 1];
                } else {
                    left -= GAP_MORE;
                }
                int score = diagonal + BLOSUM62[Math.max(x, y)][Math.min(x, y)];
                int scoreSame = diagonalSame + (x == y ? 1 : 0);
                diagonal = best[j];
                diagonalSame = bestSame[j];
                if (score < gap[j]) {
                    score = gap[j];
                    scoreSame = gapSame[j];
                }
                if (score < left) {
                    score = left;
                    scoreSame = leftSame;
                }
                if (score <= 0) {
                    score = 0;
                    scoreSame = 0;
                }
                best[j] = score;
                bestSame[j] = scoreSame;
                if (score > top) {
                    top = score;
                    same = scoreSame;
                }
            }
        }
        return (double) same / Math.min(a.length, n);
    }

    /// Every third family in the order of size, until a fifth of the chains is held out: both sides have small families and
    /// larger ones.
    private static boolean[] heldOut(int[] families) {
        var members = new TreeMap<Integer, Integer>();
        for (int family : families) {
            members.merge(family, 1, Integer::sum);
        }
        var order = new ArrayList<>(members.keySet());
        order.sort(Comparator.comparing((Integer family) -> members.get(family)).thenComparing(Comparator.naturalOrder()));
        Set<Integer> chosen = new HashSet<>();
        int count = 0;
        for (int i = 1; i < order.size() && count < HELD_OUT * families.length; i += 3) {
            chosen.add(order.get(i));
            count += members.get(order.get(i));
        }
        boolean[] held = new boolean[families.length];
        for (int i = 0; i < held.length; i++) {
            held[i] = chosen.contains(families[i]);
        }
        return held;
    }

    // ---- writing

    private static int windows(Chain chain, ByteArrayOutputStream sequences, ByteArrayOutputStream places) {
        int count = 0;
        int last = chain.sequence.length() - WINDOW;
        // The last window ends where the chain does.
        for (int start = 0; start >= 0; start = start == last ? -1 : Math.min(last, start + STRIDE)) {
            var residues = ByteBuffer.allocate(4 * WINDOW).order(ByteOrder.LITTLE_ENDIAN);
            var coordinates = ByteBuffer.allocate(12 * WINDOW).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = start; i < start + WINDOW; i++) {
                residues.putInt(LETTERS.indexOf(chain.sequence.charAt(i)));
                for (float coordinate : chain.places.get(i)) {
                    coordinates.putFloat(coordinate);
                }
            }
            sequences.writeBytes(residues.array());
            places.writeBytes(coordinates.array());
            count++;
        }
        return count;
    }

    private static void npy(Path file, String type, String shape, byte[] elements) throws IOException {
        String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
        header += " ".repeat(Math.floorMod(-(10 + header.length() + 1), 64)) + "\n";
        var out = ByteBuffer.allocate(10 + header.length() + elements.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) header.length());
        out.put(header.getBytes(StandardCharsets.US_ASCII)).put(elements);
        Files.write(file, out.array());
    }
}
