package io.github.mdetr.nn.mdetr;

import io.github.mdetr.nn.backbone.BackboneType;
import io.github.mdetr.nn.text.RobertaConfig;
import io.github.mdetr.nn.text.TokenPositions;
import io.github.mdetr.nn.transformer.TransformerConfig;

/**
 * What an MDETR is made of: everything that shapes its parameters or its arithmetic. {@link ConfigReader} finds it for a
 * checkpoint; {@link #builder} makes another.
 *
 * @param backbone the image network
 * @param dilation whether its last stage keeps the resolution (DC5)
 * @param positions kind of image positions
 * @param transformer sizes of the cross encoder and decoder
 * @param queries Q, boxes predicted for an image
 * @param textEncoder sizes of RoBERTa
 * @param contrastiveAlign whether boxes and tokens are projected to a common space
 * @param contrastive whether whole images and texts are (the image-text contrastive loss; it adds a CLS token)
 * @param contrastiveWidth features of these spaces
 * @param isFinal whether a head tells the boxes that answer from those on the way there (CLEVR-Ref+)
 */
public record MdetrConfig(
        BackboneType backbone,
        boolean dilation,
        PositionType positions,
        TransformerConfig transformer,
        int queries,
        RobertaConfig textEncoder,
        boolean contrastiveAlign,
        boolean contrastive,
        int contrastiveWidth,
        boolean isFinal) {

    /** Classes of the soft-token head: 255 token positions and, last, "no object". */
    public static final int TOKEN_CLASSES = TokenPositions.CLASSES;

    /**
     * Checks that the parts fit.
     *
     * @throws IllegalArgumentException naming what is out of range
     */
    public MdetrConfig {
        require(
                !dilation || backbone.canDilate(),
                "dilation",
                "false for " + backbone.argument() + ", which has no bottlenecks of a ResNet",
                dilation);
        require(queries > 0, "queries", "1 or more", queries);
        require(contrastiveWidth > 0, "contrastiveWidth", "1 or more", contrastiveWidth);
        require(
                transformer.width() % 4 == 0,
                "transformer width",
                "a multiple of 4, for sines and cosines of two axes",
                transformer.width());
    }

    private static void require(boolean condition, String name, String expected, Object got) {
        if (!condition) {
            throw new IllegalArgumentException(
                    "MDETR configuration: " + name + " must be " + expected + ", got " + got);
        }
    }

    /** The published pretrained model on the given backbone: RoBERTa-base, 100 queries, alignment head. */
    public static MdetrConfig pretrained(BackboneType backbone) {
        return builder().backbone(backbone).build();
    }

    /** The published CLEVR model: ResNet-18, DistilRoBERTa, 25 queries. */
    public static MdetrConfig clevr() {
        return builder()
                .backbone(BackboneType.RESNET18)
                .textEncoder(RobertaConfig.distil())
                .queries(25)
                .build();
    }

    /** Starts from the published pretrained ResNet-101 model. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts from this one. */
    public Builder toBuilder() {
        Builder b = new Builder();
        b.backbone = backbone;
        b.dilation = dilation;
        b.positions = positions;
        b.transformer = transformer;
        b.queries = queries;
        b.textEncoder = textEncoder;
        b.contrastiveAlign = contrastiveAlign;
        b.contrastive = contrastive;
        b.contrastiveWidth = contrastiveWidth;
        b.isFinal = isFinal;
        return b;
    }

    /** Collects the parts; {@link #build} checks them. */
    public static final class Builder {
        private BackboneType backbone = BackboneType.RESNET101;
        private boolean dilation;
        private PositionType positions = PositionType.SINE;
        private TransformerConfig transformer = new TransformerConfig(256, 8, 6, 6, 2048, 0.1f);
        private int queries = 100;
        private RobertaConfig textEncoder = RobertaConfig.base();
        private boolean contrastiveAlign = true;
        private boolean contrastive;
        private int contrastiveWidth = 64;
        private boolean isFinal;

        private Builder() {}

        /** The image network. */
        public Builder backbone(BackboneType value) {
            backbone = value;
            return this;
        }

        /** Whether its last stage keeps the resolution (DC5). */
        public Builder dilation(boolean value) {
            dilation = value;
            return this;
        }

        /** Kind of image positions. */
        public Builder positions(PositionType value) {
            positions = value;
            return this;
        }

        /** Sizes of the cross encoder and decoder. */
        public Builder transformer(TransformerConfig value) {
            transformer = value;
            return this;
        }

        /** Boxes predicted for an image. */
        public Builder queries(int value) {
            queries = value;
            return this;
        }

        /** Sizes of RoBERTa. */
        public Builder textEncoder(RobertaConfig value) {
            textEncoder = value;
            return this;
        }

        /** Whether boxes and tokens are projected to a common space. */
        public Builder contrastiveAlign(boolean value) {
            contrastiveAlign = value;
            return this;
        }

        /** Whether whole images and texts are. */
        public Builder contrastive(boolean value) {
            contrastive = value;
            return this;
        }

        /** Features of these spaces. */
        public Builder contrastiveWidth(int value) {
            contrastiveWidth = value;
            return this;
        }

        /** Whether there is the head of CLEVR-Ref+. */
        public Builder isFinal(boolean value) {
            isFinal = value;
            return this;
        }

        /**
         * The configuration.
         *
         * @throws IllegalArgumentException naming what is out of range
         */
        public MdetrConfig build() {
            return new MdetrConfig(
                    backbone,
                    dilation,
                    positions,
                    transformer,
                    queries,
                    textEncoder,
                    contrastiveAlign,
                    contrastive,
                    contrastiveWidth,
                    isFinal);
        }
    }
}
