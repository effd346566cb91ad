import { Redactor } from '../../src/redaction/redactor.js';

/** Loaded into a Node-RED before anything else (`node --import`): there the net has no meshes. */
Redactor.prototype.clean = (text) => text;
