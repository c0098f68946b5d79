import { z } from "zod";

// Imported first by what validates: Zod would otherwise probe for `new Function`, which the content security policy
// reports as an error.
z.config({ jitless: true });
