package org.nnlang.runtime.program;

import org.nnlang.runtime.fused.Tier;

/// How an [Instance] runs; all ways give the same bits.
///
/// @param tier what runs fused loops
/// @param holdsWeights whether weights that products multiply by stay in memory a second time, in the order in which the
///     products read them: worth it where an instance runs again and again and its variables stay as they are
public record Options(Tier tier, boolean holdsWeights) {
    /// The same, without holding weights.
    public Options(Tier tier) {
        this(tier, false);
    }

    /// What an ordinary run wants: the tier that the system property `nn.tier` names, or the automatic one.
    public static Options usual() {
        return new Options(Tier.ofProperty());
    }

    /// What a model wants that is asked for outputs again and again.
    public static Options inference() {
        return new Options(Tier.ofProperty(), true);
    }
}
