import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// Predicts the characters of a text's last tenth by counting in the nine tenths before: the yardstick of the LSTM.
///
/// ```
/// java samples/09-lstm/Ngram.java samples/09-lstm/data/moby-dick.txt
/// ```
///
/// Interpolated by Witten & Bell (1991): with c(h, w) how often w followed the context h, c(h) their sum and t(h) how many
/// different characters did, P(w | h) = (c(h, w) + t(h) · P(w | h')) / (c(h) + t(h)), where h' is h without its first character. Below the
/// empty context all characters are alike.
public final class Ngram {
    /// How often a character followed a context.
    private static final class Counts {
        final Map<Character, Integer> of = new HashMap<>();
        int sum;
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length == 0) {
            System.err.println("usage: java Ngram.java TEXT [ORDER]");
            System.exit(2);
        }
        String text = Files.readString(Path.of(arguments[0])).replace("\r\n", "\n");
        int last = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 4;
        for (int order = arguments.length > 1 ? last : 1; order <= last; order++) {
            System.out.printf(Locale.ROOT, "order %d: %.4f bits per character%n", order, bits(text, order));
        }
    }

    /// Bits per character of the last tenth; each character is predicted from the `order` before it.
    static double bits(String text, int order) {
        int learnt = text.length() - text.length() / 10;
        long characters = text.chars().distinct().count();
        Map<String, Counts> contexts = new HashMap<>();
        for (int i = 0; i < learnt; i++) {
            for (int length = 0; length <= order && length <= i; length++) {
                Counts counts = contexts.computeIfAbsent(text.substring(i - length, i), _ -> new Counts());
                counts.of.merge(text.charAt(i), 1, Integer::sum);
                counts.sum++;
            }
        }
        double bits = 0;
        for (int i = learnt; i < text.length(); i++) {
            double probability = 1.0 / characters;
            for (int length = 0; length <= order && length <= i; length++) {
                Counts counts = contexts.get(text.substring(i - length, i));
                if (counts == null) {
                    break; // A longer context was not seen either.
                }
                int times = counts.of.getOrDefault(text.charAt(i), 0);
                int different = counts.of.size();
                probability = (times + different * probability) / (counts.sum + different);
            }
            bits -= Math.log(probability) / Math.log(2);
        }
        return bits / (text.length() - learnt);
    }
}
