package io.github.mdetr.examples.synthetic.scene;

import java.util.List;
import java.util.Locale;

/** The colours of CLEVR. */
public enum Color implements Attribute {
    /** Dark gray. */
    GRAY(0x575757),
    /** Dark red. */
    RED(0xAD2323),
    /** Bright blue. */
    BLUE(0x2A4BD7),
    /** Dark green. */
    GREEN(0x1D6914),
    /** Leather. */
    BROWN(0x814A19),
    /** Violet. */
    PURPLE(0x8126C0),
    /** Bluish green. */
    CYAN(0x29D0D0),
    /** Bright yellow. */
    YELLOW(0xFFEE33);

    private final int rgb;

    Color(int rgb) {
        this.rgb = rgb;
    }

    /** {@code 0xRRGGBB} in sRGB, before light and shadow. */
    public int rgb() {
        return rgb;
    }

    @Override
    public Kind kind() {
        return Kind.COLOR;
    }

    @Override
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public List<String> synonyms() {
        return List.of();
    }
}
