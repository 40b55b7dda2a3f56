// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.changer;

import io.sluice.handler.DeviceContext;
import io.sluice.handler.kit.ControlPage;
import io.sluice.handler.kit.ModePage;
import io.sluice.handler.kit.ModePages;
import io.sluice.vtl.library.ElementType;
import io.sluice.vtl.library.Geometry;
import java.io.IOException;

/** Mode pages 0Ah (SPC-5 7.5), 1Dh Element Address Assignment, 1Eh Transport Geometry and 1Fh Device Capabilities (SMC-3 7.3). */
final class ChangerModePages {
    /** One member of one set, which does not rotate. */
    private static final String TRANSPORT_GEOMETRY = "1E 02 00 00";

    /**
     * Cartridges rest in storage, import/export and data transfer elements (0Eh) and are moved from each of these to each of them; and
     * the same for exchanges. The transport holds one only during a move.
     */
    private static final String CAPABILITIES = "1F 12 0E 00 00 0E 0E 0E 00 00 00 00 00 0E 0E 0E 00 00 00 00";

    private ChangerModePages() {}

    static ModePages open(DeviceContext context, Geometry geometry) throws IOException {
        return ModePages.of(context)
                .page(ControlPage.builder().build())
                .page(ModePage.of(addresses(geometry)).build())
                .page(ModePage.of(TRANSPORT_GEOMETRY).build())
                .page(ModePage.of(CAPABILITIES).build())
                .build();
    }

    private static String addresses(Geometry geometry) {
        StringBuilder page = new StringBuilder("1D 12");
        ElementType[] order = {
            ElementType.MEDIUM_TRANSPORT, ElementType.STORAGE, ElementType.IMPORT_EXPORT, ElementType.DATA_TRANSFER
        };
        for (ElementType type : order) {
            page.append("%04X%04X".formatted(geometry.first(type), geometry.count(type)));
        }
        return page.append("0000").toString();
    }
}
