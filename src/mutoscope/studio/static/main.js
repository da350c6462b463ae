// Everything here is a comfort: each page works without it.
import { watchCards } from "./live.js";
import { prepareForm } from "./create.js";
import { prepareDrafts } from "./drafts.js";
import { preparePlayers } from "./player.js";
import { prepareComparison } from "./compare.js";
import { prepareComforts } from "./comforts.js";

prepareComforts();
prepareForm();
prepareDrafts();
preparePlayers();
prepareComparison();
watchCards();
